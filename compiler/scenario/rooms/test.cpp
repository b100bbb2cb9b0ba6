// The test machine itself: what it does asks nothing of a policy.

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario::test {

std::vector<HostCall> host_calls() {
  return {};
}

}  // namespace stele::scenario::test
