#pragma once

// docs/catalogue.md, written from the catalogue.

#include <string>

namespace stele {

std::string catalogue_page();

}  // namespace stele
