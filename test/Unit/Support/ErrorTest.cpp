//===- ErrorTest.cpp - errors as values -----------------------------------===//
//
// Success and failure of Error and Expected.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Support/Error.h"

#include <gtest/gtest.h>

#include <memory>

using namespace lacuna;

TEST(Error, SuccessTestsFalse) {
  Error error = Error::success();
  EXPECT_FALSE(error);
  EXPECT_EQ(error.code(), ErrorCode::None);
}

TEST(Error, FailureCarriesCodeAndMessage) {
  Error error(ErrorCode::NotFound, "no such array");
  EXPECT_TRUE(error);
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_EQ(error.message(), "no such array");
}

TEST(Expected, HoldsWhatCannotBeCopied) {
  Expected<std::unique_ptr<int>> value(std::make_unique<int>(7));
  ASSERT_TRUE(value);
  EXPECT_FALSE(value.takeError());
  std::unique_ptr<int> taken = *std::move(value);
  EXPECT_EQ(*taken, 7);
}

TEST(Expected, PassesAFailureOn) {
  Expected<int> number(Error(ErrorCode::Corrupt, "bad"));
  ASSERT_FALSE(number);
  Expected<std::string> text(number.takeError());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), ErrorCode::Corrupt);
  EXPECT_EQ(text.error().message(), "bad");
}
