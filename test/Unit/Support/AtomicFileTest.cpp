//===- AtomicFileTest.cpp - files that appear whole or not at all ---------===//
//
// What is in the folder after success, after failure and in between.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Support/AtomicFile.h"

#include "../TemporaryFolder.h"

#include <sys/stat.h>

using namespace lacuna;

using AtomicFileTest = test::TemporaryFolder;

static std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST_F(AtomicFileTest, AppearsAtCommit) {
  std::string target = path("out");
  Expected<AtomicFile> file = AtomicFile::create(target);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->write(bytesOf("one ")));
  EXPECT_FALSE(file->write(bytesOf("two")));
  EXPECT_FALSE(std::filesystem::exists(target));
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(readFile(target), "one two");
  EXPECT_EQ(fileCount(), 1);
}

TEST_F(AtomicFileTest, LeavesNothingWithoutCommit) {
  writeFile(path("out"), "old");
  {
    Expected<AtomicFile> file = AtomicFile::create(path("out"));
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->write(bytesOf("new")));
  }
  EXPECT_EQ(readFile(path("out")), "old");
  EXPECT_EQ(fileCount(), 1);
}

TEST_F(AtomicFileTest, KeepsTheModeOfWhatItReplaces) {
  writeFile(path("out"), "old");
  ASSERT_EQ(chmod(path("out").c_str(), 0640), 0);
  EXPECT_FALSE(writeFileAtomically(path("out"), bytesOf("new")));
  struct stat status;
  ASSERT_EQ(stat(path("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
  EXPECT_EQ(readFile(path("out")), "new");
}

TEST_F(AtomicFileTest, NamesTheFileInErrors) {
  std::string target = path("missing/out");
  Error error = writeFileAtomically(target, bytesOf("x"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error.message(),
            "cannot write `" + target + "`: No such file or directory");
}

TEST_F(AtomicFileTest, RefusesToReplaceAFolder) {
  std::string target = folder.string();
  Error error = writeFileAtomically(target, bytesOf("x"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error.message(),
            "cannot write `" + target + "`: not a regular file");
}
