#include <gtest/gtest.h>

#include "compiler/lsp/uri.h"

namespace stele::lsp {
namespace {

TEST(Uri, PathsThereAndBack) {
  const struct {
    const char *path, *uri;
  } table[] = {{"/etc/web.stele", "file:///etc/web.stele"},
               {"/srv/a b#c?d%e.stele", "file:///srv/a%20b%23c%3Fd%25e.stele"},
               {"/srv/\xc3\xa9", "file:///srv/%C3%A9"},
               {"/srv/\xff", "file:///srv/%FF"}};
  for (const auto& [path, uri] : table) {
    EXPECT_EQ(uri_of_path(path), uri);
    EXPECT_EQ(path_of_uri(uri), path);
  }
}

TEST(Uri, FormsThatEditorsWrite) {
  EXPECT_EQ(path_of_uri("file:///a%3ab%2Fc"), "/a:b/c");
  EXPECT_EQ(path_of_uri("file://localhost/etc/x"), "/etc/x");
}

TEST(Uri, WhatNamesNoFile) {
  for (const char* uri : {"", "untitled:Untitled-1", "file:/x", "file://elsewhere/x", "file:///a%0", "file:///a%zz",
                          "file:///a%00b", "http://x/y"})
    EXPECT_EQ(path_of_uri(uri), std::nullopt) << uri;
}

}  // namespace
}  // namespace stele::lsp
