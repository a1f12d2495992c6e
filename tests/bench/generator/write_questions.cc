// Makes the list of questions of a store for load_generator: every TXT record of a key with the hash of its RDATA,
// the SPF records, and SOA and NS of each apex.
//
//   write_questions --store DIR --out FILE [--seed S]
//
// Prints a line of JSON: how many keys, record sets, and bytes of record data (owner in wire form + 10 + RDATA),
// which is what an image in memory is measured against. What the answers must hold is read from the store itself,
// beside every server's code but the store's reader.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <xxhash.h>

#include "tests/bench/generator/question_list.h"
#include "zonestore/zone/published_reader.h"

namespace {

using zonestore::RecordType;

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

template <class T>
void append(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Questions of one part, one after the other, and where each begins.
struct Part {
  std::string bytes;
  std::vector<std::size_t> begins;

  void add(const bench::Question& question) {
    begins.push_back(bytes.size());
    append(bytes, static_cast<std::uint8_t>(question.name.size()));
    bytes.append(reinterpret_cast<const char*>(question.name.data()), question.name.size());
    append(bytes, question.type);
    append(bytes, question.answers);
    append(bytes, question.ttl);
    append(bytes, question.rdata_hash);
  }
  [[nodiscard]] std::string_view question(std::size_t index) const {
    const std::size_t end = index + 1 < begins.size() ? begins[index + 1] : bytes.size();
    return std::string_view(bytes).substr(begins[index], end - begins[index]);
  }
};

class Collector {
 public:
  void take_head(const zonestore::PublishedHead& head) { zones_ = head.zones; }

  void take(const zonestore::StoredRecordSet& set) {
    const auto zone =
        std::find_if(zones_.begin(), zones_.end(), [&](const auto& each) { return each.id == set.zone; });
    const zonestore::Name owner = require(zonestore::decode_owner_key(set.owner_key, zone->apex));
    ++record_sets_;
    bench::Question question{owner.wire(), static_cast<std::uint16_t>(set.type), 0, zonestore::seconds(set.ttl), 0};
    for (const zonestore::Bytes& rdata : require(zonestore::unpack_rdata(set.packed_rdata))) {
      ++question.answers;
      question.rdata_hash += ::XXH3_64bits(rdata.data(), rdata.size());
      record_data_bytes_ += owner.size_bytes() + 10 + rdata.size();
    }
    const bool at_apex = set.owner_key.empty();
    if (at_apex && (set.type == RecordType::kSoa || set.type == RecordType::kNs)) {
      question.rdata_hash = 0;  // a server may compress the names in them
      question.ttl =
          set.type == RecordType::kSoa ? 0 : question.ttl;  // gdnsd has the negative TTL there, and says so
      apex_.add(question);
    } else if (at_apex && set.type == RecordType::kTxt) {
      spf_.add(question);
    } else if (set.type == RecordType::kTxt) {
      keys_.add(question);
      parent_ = owner.parent();
    }
  }

  void write(const std::filesystem::path& file, std::uint64_t seed) const {
    bench::QuestionListHead head;
    head.keys = keys_.begins.size();
    head.spf = static_cast<std::uint32_t>(spf_.begins.size());
    head.apex = static_cast<std::uint32_t>(apex_.begins.size());
    const auto parent = parent_.wire();
    head.parent_bytes = static_cast<std::uint8_t>(parent.size());
    std::copy(parent.begin(), parent.end(), head.parent.begin());
    std::vector<std::size_t> order(keys_.begins.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&head), sizeof head) << spf_.bytes << apex_.bytes;
    for (const std::size_t index : order) {
      out << keys_.question(index);
    }
    out.flush();
    if (!out) {
      throw std::runtime_error("cannot write " + file.string());
    }
  }

  [[nodiscard]] nlohmann::json summary() const {
    return {{"keys", keys_.begins.size()}, {"record_sets", record_sets_}, {"record_data_bytes", record_data_bytes_}};
  }

 private:
  std::vector<zonestore::PublishedZone> zones_;
  Part spf_;
  Part apex_;
  Part keys_;
  zonestore::Name parent_;
  std::uint64_t record_sets_ = 0;
  std::uint64_t record_data_bytes_ = 0;
};

void run(const std::filesystem::path& store, const std::filesystem::path& out, std::uint64_t seed) {
  Collector collector;
  auto reader = require(zonestore::PublishedReader::open(store, zonestore::Milliseconds{10'000}));
  require(reader.load([&](const auto& head) { collector.take_head(head); },
                      [&](const auto& set) {
                        collector.take(set);
                        return true;
                      }));
  collector.write(out, seed);
  std::cout << collector.summary().dump() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The questions of a store, for load_generator"};
  std::string store;
  std::string out;
  std::uint64_t seed = 1;
  app.add_option("--store", store, "the store's directory")->required();
  app.add_option("--out", out, "the file to write")->required();
  app.add_option("--seed", seed, "of the order of the keys");
  CLI11_PARSE(app, argc, argv);
  try {
    run(store, out, seed);
  } catch (const std::exception& failure) {
    std::cerr << "write_questions: " << failure.what() << "\n";
    return 1;
  }
  return 0;
}
