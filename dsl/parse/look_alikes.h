#pragma once

// Characters that make a text say something else than a reader sees.   Source: Unicode 15.1, DerivedCoreProperties
// (Default_Ignorable_Code_Point), PropList (Bidi_Control, White_Space), confusables.

#include <memory>

#include "dsl/diag/diagnostic.h"

namespace stele::parse {

/// Within a string: warns of what is not seen (S1011), of signs that look like those of paths, and of words that mix
/// Latin letters with those of other scripts that look like them (S1012).
void check_string(const std::shared_ptr<const diag::SourceFile>& source, uint32_t begin, uint32_t end,
                  diag::Sink& sink);

/// Within a comment: warns of what turns the direction of the text (S1011), and may so hide where the comment ends.
void check_comment(const std::shared_ptr<const diag::SourceFile>& source, uint32_t begin, uint32_t end,
                   diag::Sink& sink);

/// "U+200B" where the character at the offset is not seen, else empty.
std::string unseen_at(const std::string& text, size_t offset);

}  // namespace stele::parse
