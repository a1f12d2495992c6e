#include "zonestore/zone/service_parameters.h"

#include <algorithm>
#include <vector>

#include "zonestore/base/big_endian.h"

namespace zonestore {
namespace {

struct Parameter {
  std::uint16_t key = 0;
  ByteView value;
};

std::optional<std::vector<Parameter>> split(ByteView rest) {
  std::vector<Parameter> parameters;
  while (!rest.empty()) {
    if (rest.size() < 4 || rest.size() - 4 < read_u16(rest.subspan(2))) {
      return std::nullopt;
    }
    const std::size_t size = read_u16(rest.subspan(2));
    parameters.push_back({read_u16(rest), rest.subspan(4, size)});
    rest = rest.subspan(4 + size);
  }
  return parameters;
}

bool is_list_of_strings(ByteView value) {
  while (!value.empty()) {
    if (value[0] == 0 || value[0] >= value.size()) {
      return false;
    }
    value = value.subspan(value[0] + 1U);
  }
  return true;
}

bool has_right_form(const Parameter& parameter) {
  const std::size_t size = parameter.value.size();
  switch (parameter.key) {
    case kMandatory:
      return size > 0 && size % 2 == 0;
    case kAlpn:
      return size > 0 && is_list_of_strings(parameter.value);
    case kNoDefaultAlpn:
      return size == 0;
    case kPort:
      return size == 2;
    case kIpv4Hint:
      return size > 0 && size % 4 == 0;
    case kIpv6Hint:
      return size > 0 && size % 16 == 0;
    case kEch:
    case kDohPath:
      return size > 0;
    default:
      return parameter.key != 0xFFFF;
  }
}

bool has_parameter(const std::vector<Parameter>& parameters, std::uint16_t key) {
  return std::any_of(parameters.begin(), parameters.end(), [key](const Parameter& each) { return each.key == key; });
}

bool is_mandatory_list_right(const std::vector<Parameter>& parameters, ByteView list) {
  std::optional<std::uint16_t> last;
  for (; !list.empty(); list = list.subspan(2)) {
    const std::uint16_t key = read_u16(list);
    if (key == kMandatory || !has_parameter(parameters, key) || (last && *last >= key)) {
      return false;
    }
    last = key;
  }
  return true;
}

}  // namespace

std::optional<ParameterFault> parameter_fault(ByteView bytes) {
  const auto parameters = split(bytes);
  if (!parameters || !std::all_of(parameters->begin(), parameters->end(), has_right_form)) {
    return ParameterFault::kForm;
  }
  for (std::size_t at = 1; at < parameters->size(); ++at) {
    if ((*parameters)[at - 1].key >= (*parameters)[at].key) {
      return ParameterFault::kOrder;
    }
  }
  if (!parameters->empty() && parameters->front().key == kMandatory &&
      !is_mandatory_list_right(*parameters, parameters->front().value)) {
    return ParameterFault::kMandatoryList;
  }
  if (has_parameter(*parameters, kNoDefaultAlpn) && !has_parameter(*parameters, kAlpn)) {
    return ParameterFault::kNoDefaultAlone;
  }
  return std::nullopt;
}

}  // namespace zonestore
