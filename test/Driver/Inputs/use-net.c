/* Calls the library of net.mlir on ones: a corner sees 4 of 9 pixels. */
#include "libnet.h"

#include <stdio.h>

int main(void) {
  float image[NET_IMAGE_ELEMENTS], sums[NET_INT__ELEMENTS];
  for (int i = 0; i < NET_IMAGE_ELEMENTS; ++i)
    image[i] = 1.0f;
  for (int threads = 2; threads >= 0; --threads)
    if (net(image, sums, threads) != 0) {
      puts(net_error());
      return 1;
    }
  printf("corner %g centre %g\n", sums[0], sums[12]);
  net_release();
  return 0;
}
