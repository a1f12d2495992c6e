// What a transfer sends: records one after another, each once. Threads: one for each object.
#pragma once

#include <cstdint>

#include "dnsd/wire/answer_writer.h"

namespace dnsd::transfer {

// Views that are good until the next one is asked for.
struct SentRecord {
  wire::ByteView owner;  // uncompressed
  wire::RecordView record;
};

class RecordSource {
 public:
  RecordSource() = default;
  RecordSource(const RecordSource&) = delete;
  RecordSource& operator=(const RecordSource&) = delete;
  RecordSource(RecordSource&&) = delete;
  RecordSource& operator=(RecordSource&&) = delete;
  virtual ~RecordSource() = default;

  // False: that was all.
  [[nodiscard]] virtual bool next(SentRecord& record) = 0;
};

}  // namespace dnsd::transfer
