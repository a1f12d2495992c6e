#include "tools/zonectl/bulk/institution_file.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tools/zonectl/bulk/csv.h"
#include "tools/zonectl/bulk/run_arguments.h"
#include "zonestore/base/file_text.h"
#include "zonestore/dkim/algorithm.h"
#include "zonestore/zone/name.h"

namespace zonectl {

using zonestore::AddOptions;
using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;

namespace {

constexpr std::string_view kColumns = "the columns are code, domains (by spaces) and key";

Error malformed(std::string what) {
  return {ErrorCode::kInvalid, std::move(what), std::string(kColumns), std::nullopt};
}

// Spreadsheets begin a cell with a capital by themselves, and people write short codes in capitals. Capitals among
// digits are left to be a fault: that may be a key.
std::string code_of(const std::string& cell) {
  const std::string lowered = zonestore::lower_case(cell);
  const bool is_capitalised = !cell.empty() && cell.substr(1) == lowered.substr(1);
  const bool has_digits = cell.find_first_of("0123456789") != std::string::npos;
  return is_capitalised || !has_digits ? lowered : cell;
}

struct Columns {
  std::optional<std::size_t> code;
  std::optional<std::size_t> domains;
  std::optional<std::size_t> key;
};

class FileReader {
 public:
  InstitutionFile read(std::string_view text) {
    const Csv csv = parse_csv(text);
    for (const CsvFault& fault : csv.faults) {
      fail(fault.line, malformed(fault.what));
    }
    if (csv.rows.empty()) {
      fail(0, malformed("there is no header"));
    } else if (read_header(csv.rows.front())) {
      for (std::size_t i = 1; i < csv.rows.size(); ++i) {
        read_row(csv.rows[i], csv.rows.front());
      }
    }
    std::stable_sort(file_.faults.begin(), file_.faults.end(),
                     [](const FileFault& left, const FileFault& right) { return left.line < right.line; });
    return std::move(file_);
  }

 private:
  bool read_header(const CsvRow& header) {
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const std::string name = zonestore::lower_case(header.fields[i]);
      if (name.empty()) {
        continue;
      }
      std::optional<std::size_t>* const column = name == "code"                          ? &columns_.code
                                                 : name == "domain" || name == "domains" ? &columns_.domains
                                                 : name == "key"                         ? &columns_.key
                                                                                         : nullptr;
      if (column == nullptr || *column) {
        fail(header.line,
             malformed(column == nullptr ? zonestore::not_understood("field " + std::to_string(i + 1), name, "column")
                                         : "the column " + name + " is there twice"));
        return false;
      }
      *column = i;
    }
    if (!columns_.code) {
      fail(header.line, malformed("the header has no column code"));
    }
    return columns_.code.has_value();
  }

  void read_row(const CsvRow& row, const CsvRow& header) {
    if (row.fields.size() != header.fields.size()) {
      return;  // told already
    }
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      if (header.fields[i].empty() && !row.fields[i].empty()) {
        return fail(row.line, malformed("field " + std::to_string(i + 1) + " is of a column that has no name"));
      }
    }
    auto code = zonestore::dkim::code_in_file("column code", code_of(row.fields[*columns_.code]));
    if (!code) {
      return fail(row.line, code.error());
    }
    if (const auto [earlier, is_new] = codes_.emplace(code->text(), row.line); !is_new) {
      fail(row.line, malformed(code->text() + " stands in line " + std::to_string(earlier->second) + " already"),
           "code twice");
    }
    AddOptions options;
    if (columns_.domains) {
      read_domains(row, options);
    }
    if (columns_.key && !row.fields[*columns_.key].empty()) {
      const std::string& text = row.fields[*columns_.key];
      const auto algorithm = zonestore::dkim::parse_algorithm(zonestore::lower_case(text));
      if (!algorithm) {
        Error error = algorithm.error();
        error.message =
            error.refusal ? error.message : zonestore::not_understood("column key", text, "key algorithm");
        return fail(row.line, std::move(error));
      }
      options.algorithm = *algorithm;
    }
    file_.institutions.push_back({row.line, *std::move(code), std::move(options)});
  }

  void read_domains(const CsvRow& row, AddOptions& options) {
    std::string list = row.fields[*columns_.domains];
    std::replace_if(
        list.begin(), list.end(), [](char each) { return each == ',' || each == ';'; }, ' ');
    std::istringstream words(list);
    for (std::string word; words >> word;) {
      const auto domain = zonestore::dkim::domain_in_file("column domains", word);
      if (!domain) {
        fail(row.line, domain.error());
        continue;
      }
      if (const auto [earlier, is_new] = domains_.emplace(domain->to_text(), row.line); !is_new) {
        fail(row.line,
             malformed("the domain " + domain->to_text_no_dot() + " stands in line " +
                       std::to_string(earlier->second) + " already"),
             "domain twice");
      }
      options.domains.push_back(*domain);
    }
  }

  void fail(std::size_t line, Error error, std::string reason = {}) {
    file_.faults.push_back({line, std::move(error), std::move(reason)});
  }

  Columns columns_;
  std::map<std::string, std::size_t> codes_;  // -> line
  std::map<std::string, std::size_t> domains_;
  InstitutionFile file_;
};

}  // namespace

InstitutionFile parse_institution_file(std::string_view text) {
  return FileReader().read(text);
}

std::string to_json_text(const AddOptions& options) {
  nlohmann::json json{{"key", zonestore::crypto::to_text(options.algorithm)}, {"domains", nlohmann::json::array()}};
  for (const zonestore::Name& domain : options.domains) {
    json["domains"].push_back(domain.to_text_no_dot());
  }
  return json.dump();
}

Result<AddOptions> parse_add_options(const std::string& json_text) {
  const nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
  if (!json.is_object() || !json.contains("domains") || !json["domains"].is_array()) {
    return zonestore::fail(ErrorCode::kInvalid, kUnreadableRun, kUnreadableRunHint);
  }
  AddOptions options;
  const auto key = json.find("key");
  const auto algorithm =
      zonestore::dkim::parse_algorithm(key != json.end() && key->is_string() ? key->get<std::string>() : "");
  if (!algorithm) {
    return tl::unexpected(algorithm.error());
  }
  options.algorithm = *algorithm;
  for (const nlohmann::json& text : json["domains"]) {
    const auto domain = zonestore::dkim::parse_domain(text.is_string() ? text.get<std::string>() : "");
    if (!domain) {
      return tl::unexpected(domain.error());
    }
    options.domains.push_back(*domain);
  }
  return options;
}

}  // namespace zonectl
