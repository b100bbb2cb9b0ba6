// Places ↔ bytes: lines of every kind, characters of every length, places that do not exist.

#include <gtest/gtest.h>

#include <string>

#include "compiler/lsp/position.h"

namespace stele::lsp {
namespace {

// a é € 😀 b: 1, 2, 3, 4 and 1 bytes; 1, 1, 1, 2 and 1 units of UTF-16.
const std::string kCharacters = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";

TEST(Position, CountsUnitsOfTheEncoding) {
  const LineIndex utf16(kCharacters, Encoding::utf16), utf8(kCharacters, Encoding::utf8);
  const size_t offsets[] = {0, 1, 3, 6, 10, 11};
  const uint32_t units[] = {0, 1, 2, 3, 5, 6};
  for (size_t i = 0; i < std::size(offsets); ++i) {
    EXPECT_EQ(utf16.position(offsets[i]), (Position{0, units[i]}));
    EXPECT_EQ(utf16.offset({0, units[i]}), offsets[i]);
    EXPECT_EQ(utf8.position(offsets[i]), (Position{0, static_cast<uint32_t>(offsets[i])}));
    EXPECT_EQ(utf8.offset({0, static_cast<uint32_t>(offsets[i])}), offsets[i]);
  }
}

TEST(Position, InsideACharacterIsItsBeginning) {
  const LineIndex utf16(kCharacters, Encoding::utf16), utf8(kCharacters, Encoding::utf8);
  EXPECT_EQ(utf16.offset({0, 4}), 6u);  // between the surrogates
  EXPECT_EQ(utf16.position(8), (Position{0, 3}));
  EXPECT_EQ(utf8.offset({0, 8}), 6u);
  EXPECT_EQ(utf8.position(8), (Position{0, 6}));
}

TEST(Position, EveryLineEnd) {
  const std::string text = "one\ntwo\r\nthree\rfour\n";
  const LineIndex index(text, Encoding::utf16);
  EXPECT_EQ(index.position(4), (Position{1, 0}));
  EXPECT_EQ(index.position(9), (Position{2, 0}));
  EXPECT_EQ(index.position(15), (Position{3, 0}));
  EXPECT_EQ(index.position(text.size()), (Position{4, 0}));
  EXPECT_EQ(index.offset({1, 3}), 7u);
  EXPECT_EQ(index.offset({1, 99}), 7u);  // before "\r\n"
  EXPECT_EQ(index.offset({2, 99}), 14u);
  EXPECT_EQ(index.offset({3, 0}), 15u);
  EXPECT_EQ(index.offset({4, 0}), text.size());
  EXPECT_EQ(index.offset({99, 0}), text.size());
}

TEST(Position, BytesThatAreNotTextCountOne) {
  const std::string text = "a\xff\xc3z\xf0\x9f";
  const LineIndex index(text, Encoding::utf16);
  for (uint32_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(index.position(i), (Position{0, i}));
    EXPECT_EQ(index.offset({0, i}), i);
  }
}

TEST(Position, EmptyText) {
  const LineIndex index("", Encoding::utf16);
  EXPECT_EQ(index.position(0), Position{});
  EXPECT_EQ(index.position(7), Position{});
  EXPECT_EQ(index.offset({3, 3}), 0u);
}

TEST(Position, ThereAndBackAtEveryByte) {
  const std::string text = kCharacters + "\r\n" + kCharacters + "\n\n" + kCharacters;
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16}) {
    const LineIndex index(text, encoding);
    for (size_t at = 0; at <= text.size(); ++at) {
      const size_t back = index.offset(index.position(at));
      EXPECT_LE(back, at);
      EXPECT_EQ(index.position(back), index.position(at));
    }
  }
}

}  // namespace
}  // namespace stele::lsp
