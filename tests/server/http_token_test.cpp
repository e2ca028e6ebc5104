// SPDX-License-Identifier: BSD-3-Clause
// The token file and the port file.
#include "server/http_token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

class HttpTokenTest : public ::testing::Test {
 protected:
  test::TempHome home_;
  Places places_ = Places::from_environment();
};

TEST_F(HttpTokenTest, IsMadeOnceAndKept) {
  const Secret first = http_token(places_, false);
  EXPECT_EQ(first.reveal().size(), 64u);
  EXPECT_TRUE(http_token(places_, false) == first);
}

TEST_F(HttpTokenTest, IsReplacedWhenAsked) {
  const Secret first = http_token(places_, false);
  const Secret second = http_token(places_, true);
  EXPECT_FALSE(first == second);
  EXPECT_TRUE(http_token(places_, false) == second);
}

TEST_F(HttpTokenTest, IsRefusedWhenOthersCanReadIt) {
  http_token(places_, false);
  chmod(places_.http_token().c_str(), 0644);
  EXPECT_THROW(http_token(places_, false), ConfigurationError);
}

TEST_F(HttpTokenTest, IsRefusedWhenItIsNone) {
  write_private_file(places_.http_token(), "short\n");
  EXPECT_THROW(http_token(places_, false), ConfigurationError);
}

TEST_F(HttpTokenTest, PortFileIsThereWhileItsObjectLives) {
  const auto path = places_.run / "http-3447.json";
  {
    const PortFile file(places_, 3447, "http://127.0.0.1:3447/mcp");
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace dhis2mcp
