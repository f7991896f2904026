/* The driver's functions that Lacuna calls, without a GPU: memory is the
 * host's, and each launch is told on stderr instead of being run. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *Handle;

int cuInit(unsigned flags) { return 0; }
int cuGetErrorString(int code, const char **text) {
  *text = "mock error";
  return 0;
}
int cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}
int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return 0;
}
/* Multiprocessors before a program is loaded, and then. */
static int isLoading;
static int processors(void) {
  const char *said = getenv("MOCK_CUDA_PROCESSORS");
  const char *later = said ? strchr(said, ',') : NULL;
  return atoi(isLoading && later ? later + 1 : said ? said : "132");
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  if (attribute == 16) {
    *value = processors();
    return 0;
  }
  const char *major = getenv("MOCK_CUDA_MAJOR");
  *value = attribute == 75 ? (major ? atoi(major) : 9) : 0;
  return 0;
}
int cuDevicePrimaryCtxRetain(Handle *context, int device) {
  *context = (Handle)1;
  isLoading = 1;
  return 0;
}
int cuCtxSetCurrent(Handle context) { return 0; }
int cuModuleLoadDataEx(Handle *module, const void *image, unsigned count,
                       int *options, void **values) {
  *module = (Handle)image;
  const char *target = strstr(image, ".target ");
  fprintf(stderr, "load %.7s\n", target ? target + 8 : "?");
  return 0;
}
int cuLinkCreate_v2(unsigned count, int *options, void **values,
                    Handle *link) {
  *link = calloc(1, sizeof(Handle));
  return 0;
}
int cuLinkAddData_v2(Handle link, int type, void *data, size_t bytes,
                     const char *name, unsigned count, int *options,
                     void **values) {
  fprintf(stderr, "assemble\n");
  *(char **)link = memcpy(malloc(bytes), data, bytes);
  return 0;
}
int cuLinkComplete(Handle link, void **code, size_t *bytes) {
  *code = *(char **)link;
  *bytes = strlen(*code) + 1;
  return 0;
}
int cuLinkDestroy(Handle link) { return 0; }
int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
int cuStreamBeginCapture_v2(Handle stream, int mode) {
  fprintf(stderr, "record\n");
  return 0;
}
int cuStreamEndCapture(Handle stream, Handle *graph) {
  *graph = (Handle)1;
  return 0;
}
int cuGraphInstantiateWithFlags(Handle *executable, Handle graph,
                                unsigned long long flags) {
  *executable = (Handle)1;
  return 0;
}
int cuGraphLaunch(Handle executable, Handle stream) {
  fprintf(stderr, "replay\n");
  return 0;
}
int cuGraphDestroy(Handle graph) { return 0; }
int cuGraphExecDestroy(Handle executable) { return 0; }
int cuModuleUnload(Handle module) { return 0; }
int cuModuleGetFunction(Handle *function, Handle module, const char *name) {
  *function = strdup(name);
  return 0;
}
int cuFuncSetAttribute(Handle function, int attribute, int value) {
  fprintf(stderr, "%s: attribute %d = %d\n", (char *)function, attribute,
          value);
  return 0;
}
int cuTensorMapEncodeTiled(void *map, int element, unsigned rank,
                           void *address, const uint64_t *sizes,
                           const uint64_t *strides, const uint32_t *box,
                           const uint32_t *steps, int interleave, int swizzle,
                           int promotion, int fill) {
  fprintf(stderr, "map of type %d, %u dimensions, %d:", element, rank,
          swizzle);
  for (unsigned i = 0; i < rank; ++i)
    fprintf(stderr, " %llu/%u", (unsigned long long)sizes[i], box[i]);
  fprintf(stderr, "\n");
  return (uintptr_t)map % 64 ? 1 : 0;
}
int cuTensorMapEncodeIm2col(void *map, int element, unsigned rank,
                            void *address, const uint64_t *sizes,
                            const uint64_t *strides, const int *lower,
                            const int *upper, unsigned channels,
                            unsigned pixels, const uint32_t *steps,
                            int interleave, int swizzle, int promotion,
                            int fill) {
  fprintf(stderr, "map of pixels, %u channels, %u pixels:", channels, pixels);
  for (unsigned i = 0; i < rank; ++i)
    fprintf(stderr, " %llu", (unsigned long long)sizes[i]);
  for (unsigned i = 0; i + 2 < rank; ++i)
    fprintf(stderr, " %d..%d/%u", lower[i], upper[i], steps[i + 1]);
  fprintf(stderr, "\n");
  return (uintptr_t)map % 64 ? 1 : 0;
}
int cuMemAlloc_v2(uint64_t *pointer, size_t bytes) {
  *pointer = (uint64_t)calloc(1, bytes);
  return 0;
}
int cuMemFree_v2(uint64_t pointer) {
  free((void *)pointer);
  return 0;
}
int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes,
                         Handle stream) {
  memcpy((void *)to, from, bytes);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes,
                         Handle stream) {
  memcpy(to, (void *)from, bytes);
  return 0;
}
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes,
                         Handle stream) {
  memcpy((void *)to, (void *)from, bytes);
  return 0;
}
int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes,
                    Handle stream) {
  memset((void *)to, value, bytes);
  return 0;
}
int cuStreamCreate(Handle *stream, unsigned flags) {
  *stream = (Handle)1;
  return 0;
}
int cuStreamDestroy_v2(Handle stream) { return 0; }
int cuStreamSynchronize(Handle stream) { return 0; }
int cuLaunchKernel(Handle function, unsigned gridX, unsigned gridY,
                   unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned sharedBytes, Handle stream,
                   void **parameters, void **extra) {
  fprintf(stderr, "launch %s grid %u %u %u block %u shared %u\n",
          (char *)function, gridX, gridY, gridZ, blockX, sharedBytes);
  return 0;
}
int cuEventCreate(Handle *event, unsigned flags) {
  *event = (Handle)1;
  return 0;
}
int cuEventRecord(Handle event, Handle stream) { return 0; }
int cuStreamWaitEvent(Handle stream, Handle event, unsigned flags) {
  if (getenv("MOCK_CUDA_WAITS"))
    fprintf(stderr, "wait for an event\n");
  return 0;
}
int cuEventElapsedTime(float *milliseconds, Handle begin, Handle end) {
  *milliseconds = 1;
  return 0;
}
int cuEventDestroy_v2(Handle event) { return 0; }
