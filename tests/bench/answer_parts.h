// The parts of an answer that are measured by themselves. Registered by answer.cc, image after image.
#pragma once

#include <cstdint>

namespace bench {

void register_parsing();
void register_batches(std::int64_t institutions);
void register_look_ups(std::int64_t institutions);

}  // namespace bench
