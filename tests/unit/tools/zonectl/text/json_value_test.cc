#include "tools/zonectl/text/json_value.h"

#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace zonectl {
namespace {

using Document = nlohmann::json;

TEST(Json, PrintsEveryKindOfValueInTheOrderOfTheFields) {
  const Json json{{"text", "a \"b\""}, {"number", 4294967295U}, {"negative", -1}, {"yes", true}, {"none", nullptr}};
  EXPECT_EQ(json.dump(), R"({"text":"a \"b\"","number":4294967295,"negative":-1,"yes":true,"none":null})");
}

TEST(Json, TellsAnEmptyArrayFromAnEmptyObjectAndNull) {
  EXPECT_EQ(Json::array().dump(), "[]");
  EXPECT_EQ(Json(std::vector<std::string>{}).dump(), "[]");
  EXPECT_EQ(Json().dump(), "null");
}

TEST(Json, AddsAndReplacesFields) {
  Json json{{"a", 1}, {"b", 2}};
  json["a"] = "one";
  json["c"] = Json::array();
  json["c"].push_back(3);
  json.update(Json{{"b", nullptr}, {"d", 4}});
  EXPECT_EQ(json.dump(), R"({"a":"one","b":null,"c":[3],"d":4})");
}

TEST(Json, EmbedsJsonTextAndKeepsOtherTextAsAString) {
  EXPECT_EQ(Json::embedded(R"({"state": "ACTIVE"})").dump(), R"({"state":"ACTIVE"})");
  EXPECT_EQ(Json::embedded("{half").dump(), R"("{half")");
}

TEST(Json, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(Document::parse(Json("a\xff"
                                 "b")
                                .dump()),
            "a\xef\xbf\xbd"
            "b");
}

TEST(Json, PrintsOnManyLinesForReaders) {
  std::ostringstream out;
  print(out, Json{{"a", 1}});
  EXPECT_EQ(out.str(), "{\n  \"a\": 1\n}\n");
}

TEST(JsonList, IsOneDocumentWithAnyNumberOfElements) {
  for (std::size_t count = 0; count < 3; ++count) {
    std::ostringstream out;
    JsonList list(out, "entries");
    for (std::size_t index = 0; index < count; ++index) {
      list.add(Json{{"n", index}});
    }
    list.finish();
    EXPECT_EQ(Document::parse(out.str()).at("entries").size(), count);
    EXPECT_TRUE(out.str().ends_with("}\n"));
  }
}

}  // namespace
}  // namespace zonectl
