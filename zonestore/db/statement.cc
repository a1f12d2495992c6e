#include <limits>

#include "zonestore/db/connection.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

int size_for_sqlite(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Failure(Error{ErrorCode::kInvalid, "a value of more than 2 GB cannot be stored", {}});
  }
  return static_cast<int>(size);
}

}  // namespace

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::~Statement() = default;
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;

Statement& Statement::bind(int position, std::int64_t value) {
  guarded(*impl_->session, [&] { impl_->statement.bind(position, value); });
  return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
  guarded(*impl_->session, [&] { impl_->statement.bind(position, std::string(text)); });
  return *this;
}

Statement& Statement::bind(int position, ByteView blob) {
  // A null pointer would bind NULL and not the empty blob, which is the owner key of a zone's apex.
  const void* const bytes = blob.empty() ? static_cast<const void*>("") : blob.data();
  guarded(*impl_->session, [&] { impl_->statement.bind(position, bytes, size_for_sqlite(blob.size())); });
  return *this;
}

Statement& Statement::bind_null(int position) {
  guarded(*impl_->session, [&] { impl_->statement.bind(position); });
  return *this;
}

bool Statement::step() {
  try {
    return guarded(*impl_->session, [&] { return impl_->statement.executeStep(); });
  } catch (const Failure&) {
    impl_->statement.tryReset();  // gives back its locks
    throw;
  }
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  impl_->statement.tryReset();  // its code repeats how the last step failed, which was reported then
  guarded(*impl_->session, [&] { impl_->statement.clearBindings(); });
}

std::int64_t Statement::integer(int column) const {
  return guarded(*impl_->session, [&] { return impl_->statement.getColumn(column).getInt64(); });
}

std::string Statement::text(int column) const {
  return guarded(*impl_->session, [&] { return impl_->statement.getColumn(column).getString(); });
}

ByteView Statement::blob(int column) const {
  return guarded(*impl_->session, [&]() -> ByteView {
    const SQLite::Column value = impl_->statement.getColumn(column);
    const auto* const bytes = static_cast<const std::uint8_t*>(value.getBlob());
    return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(value.getBytes())};
  });
}

bool Statement::is_null(int column) const {
  return guarded(*impl_->session, [&] { return impl_->statement.isColumnNull(column); });
}

}  // namespace zonestore::db
