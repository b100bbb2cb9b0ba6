// docs/catalogue.md says what the catalogue says. UPDATE_PAGES=1 writes it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/catalog/page.h"

namespace stele {
namespace {

TEST(catalogue_page, is_up_to_date) {
  const std::string path = SOURCE_ROOT "/docs/catalogue.md";
  if (std::getenv("UPDATE_PAGES")) std::ofstream(path, std::ios::binary) << catalogue_page();
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_TRUE(text.str() == catalogue_page()) << path << " is stale: UPDATE_PAGES=1 test_catalog_page writes it";
}

}  // namespace
}  // namespace stele
