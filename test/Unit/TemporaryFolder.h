//===- TemporaryFolder.h - a folder for one test ----------------*- C++ -*-===//
//
// Made when the test begins, removed with all it holds when the test ends.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_TEST_UNIT_TEMPORARYFOLDER_H
#define LACUNA_TEST_UNIT_TEMPORARYFOLDER_H

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace lacuna::test {

class TemporaryFolder : public testing::Test {
protected:
  TemporaryFolder() {
    const auto *test = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() /
             (std::string("lacuna-") + test->name() + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
  }
  ~TemporaryFolder() override { std::filesystem::remove_all(folder); }

  std::string path(const char *name) const { return (folder / name).string(); }

  int fileCount() const {
    auto entries = std::filesystem::directory_iterator(folder);
    return static_cast<int>(std::distance(begin(entries), end(entries)));
  }

  static std::string readFile(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static void writeFile(const std::string &path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  std::filesystem::path folder;
};

} // namespace lacuna::test

#endif // LACUNA_TEST_UNIT_TEMPORARYFOLDER_H
