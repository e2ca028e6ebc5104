// SPDX-License-Identifier: BSD-3-Clause
// Lines come out whole, whatever the pieces in which they came in.
#include "server/frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace dhis2mcp {
namespace {

struct Cut {
  std::vector<std::string> lines;
  int too_long = 0;
  LineSplitter splitter{[this](std::string line) { lines.push_back(std::move(line)); },
                        [this] { ++too_long; }};
};

using Lines = std::vector<std::string>;

TEST(LineSplitter, GivesTheSameLinesHoweverTheBytesArrive) {
  const std::string text = "one\ntwo\r\n\n \t\nthree\nfour";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Cut cut;
    for (std::size_t at = 0; at < text.size(); at += size) cut.splitter.feed(text.substr(at, size));
    EXPECT_EQ(cut.lines, (Lines{"one", "two", "three"})) << size;
    cut.splitter.finish();
    EXPECT_EQ(cut.lines, (Lines{"one", "two", "three", "four"})) << size;
  }
}

TEST(LineSplitter, TakesALineOfFourMebibytes) {
  Cut cut;
  cut.splitter.feed(std::string(kLongestLine, 'a') + "\r\nb\n");
  ASSERT_EQ(cut.lines.size(), 2u);
  EXPECT_EQ(cut.lines[0].size(), kLongestLine);
  EXPECT_EQ(cut.too_long, 0);
}

TEST(LineSplitter, ReportsALongerLineOnceAndGoesOnAfterIt) {
  Cut cut;
  const std::string piece(1024 * 1024, 'a');
  for (int i = 0; i < 64; ++i) cut.splitter.feed(piece);
  EXPECT_EQ(cut.too_long, 1);
  cut.splitter.feed("the end of it\nnext\n");
  EXPECT_EQ(cut.lines, Lines{"next"});
  EXPECT_EQ(cut.too_long, 1);
}

TEST(LineSplitter, SaysNothingAtTheEndOfALongLineWithoutAnEnd) {
  Cut cut;
  cut.splitter.feed(std::string(kLongestLine + 2, 'a'));
  cut.splitter.finish();
  EXPECT_EQ(cut.too_long, 1);
  EXPECT_TRUE(cut.lines.empty());
}

}  // namespace
}  // namespace dhis2mcp
