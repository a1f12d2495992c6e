#include "dnsd/wire/truncate.h"

#include <algorithm>

#include "dnsd/wire/name.h"
#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

using zonestore::RecordType;

constexpr std::size_t kTypeAndClassBytes = 4;

// The OPT record among so many, all of which are passed; empty if there is none.
ByteView find_opt(Reader& reader, unsigned count) {
  ByteView opt;
  for (unsigned index = 0; index < count && reader.ok(); ++index) {
    const Record record = read_record(reader);
    if (record.type == RecordType::kOpt) {
      opt = reader.since(record.owner_at);
    }
  }
  return opt;
}

}  // namespace

std::size_t truncate_answer(MutableBytes answer) noexcept {
  if (answer.size() < kHeaderBytes) {
    return 0;
  }
  std::uint8_t* const head = answer.data();
  const unsigned questions = load_u16(head + 4);
  const unsigned records = load_u16(head + 6) + 0U + load_u16(head + 8) + load_u16(head + 10);
  Reader reader(answer);
  reader.take(kHeaderBytes);
  if (questions == 1) {
    skip_name(reader);
    reader.take(kTypeAndClassBytes);
  }
  const std::size_t question_end = reader.position();
  const ByteView opt = find_opt(reader, records);
  if (questions > 1 || !reader.ok() || !reader.at_end()) {
    return 0;
  }
  store_u16(head + 2, static_cast<std::uint16_t>(load_u16(head + 2) | kFlagTruncated));
  store_u16(head + 6, 0);
  store_u16(head + 8, 0);
  store_u16(head + 10, opt.empty() ? 0 : 1);
  std::copy(opt.begin(), opt.end(), answer.begin() + static_cast<std::ptrdiff_t>(question_end));
  return question_end + opt.size();
}

}  // namespace dnsd::wire
