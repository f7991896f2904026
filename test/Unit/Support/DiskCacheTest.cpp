//===- DiskCacheTest.cpp - What was compiled, on disk ---------------------===//
// What is found again, and what counts as absent.
//===----------------------------------------------------------------------===//
#include "lacuna/Support/DiskCache.h"

#include "../TemporaryFolder.h"

#include <cstdlib>

using namespace lacuna;

namespace {
class DiskCacheTest : public test::TemporaryFolder {
protected:
  void SetUp() override {
    TemporaryFolder::SetUp();
    setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
  }
  void TearDown() override {
    unsetenv("XDG_CACHE_HOME");
    TemporaryFolder::TearDown();
  }
  std::string onlyFile() {
    std::filesystem::directory_iterator it(path("cache/lacuna"));
    return it->path().string();
  }
};
} // namespace

TEST_F(DiskCacheTest, GivesWhatWasWritten) {
  std::string code(100, 'c');
  code[7] = '\0';
  DiskCache("text", "target", "cubin").write(code);
  EXPECT_EQ(DiskCache("text", "target", "cubin").read(), code);
  EXPECT_TRUE(onlyFile().ends_with(".cubin"));
}

TEST_F(DiskCacheTest, TellsKeysApart) {
  std::string text(1000, 't');
  DiskCache(text, "target", "cubin").write("code");
  EXPECT_FALSE(DiskCache(text, "other", "cubin").read());
  EXPECT_FALSE(DiskCache(text, "target", "program").read());
  for (size_t place : {0, 8, 500, 992, 999}) {
    std::string other = text;
    other[place] ^= 1;
    EXPECT_FALSE(DiskCache(other, "target", "cubin").read()) << place;
  }
  EXPECT_FALSE(DiskCache(text + "t", "target", "cubin").read());
}

TEST_F(DiskCacheTest, TakesNoFileThatIsNotWhole) {
  DiskCache cache("text", "target", "cubin");
  cache.write(std::string(100, 'c'));
  std::string whole = readFile(onlyFile());
  for (size_t length : {size_t(0), size_t(10), whole.size() - 1}) {
    writeFile(onlyFile(), whole.substr(0, length));
    EXPECT_FALSE(cache.read()) << length;
  }
  writeFile(onlyFile(), whole + "c");
  EXPECT_FALSE(cache.read());
  std::string wrong = whole;
  wrong.back() ^= 1;
  writeFile(onlyFile(), wrong);
  EXPECT_FALSE(cache.read());
  writeFile(onlyFile(), whole);
  EXPECT_TRUE(cache.read());
}

TEST_F(DiskCacheTest, KeepsNothingWithoutAFolder) {
  writeFile(path("file"), "");
  setenv("XDG_CACHE_HOME", path("file").c_str(), 1);
  DiskCache cache("text", "target", "cubin");
  cache.write("code");
  EXPECT_FALSE(cache.read());
}
