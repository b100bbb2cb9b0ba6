// Which requests there are, for the analyses, is what can be asked.

#include <gtest/gtest.h>

#include "compiler/analyze/request_domain.h"
#include "compiler/evaluate/request_shape.h"

namespace stele {
namespace {

using analyze::field_bit;
using analyze::FieldSet;

TEST(RequestDomain, HasWhatAQuestionCanSay) {
  for (const OperationInfo& one : kOperations) {
    if (one.op == Op::syscall || one.op == Op::cap) continue;  // their name says it, and no word
    const analyze::RequestDomain domain = analyze::domain_of(one.op);
    FieldSet has = domain.always | domain.asked | domain.sometimes, said = 0;
    if (domain.ip_endpoint) has |= field_bit(Field::address) | field_bit(Field::port);
    for (const evaluate::ObjectWord& word : evaluate::object_words(one.op))
      if (word.field) said |= field_bit(*word.field);
    EXPECT_EQ(has, said) << op_text(one.op);
  }
}

}  // namespace
}  // namespace stele
