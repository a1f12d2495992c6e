# Writes OUTPUT, a C++ source with the SQL of SCHEMA_DIR/<database>/NNN_name.sql as the steps of each schema:
#   cmake -DSCHEMA_DIR=... -DOUTPUT=... -P embed_schema.cmake
# The number in a file's name is the version that it leads to: 1, 2, 3, ... without a gap.

set(source "// Made by embed_schema.cmake from the .sql files. Do not edit.\n")
string(APPEND source "#include \"zonestore/db/embedded_schema.h\"\n\n#include <array>\n\nnamespace zonestore::db {\n")

foreach(database zone vault)
  file(GLOB files LIST_DIRECTORIES false ${SCHEMA_DIR}/${database}/*.sql)
  list(SORT files)
  set(version 0)
  string(APPEND source "\nstd::span<const Step> ${database}_steps() {\n  static constexpr std::array kSteps{\n")
  foreach(file ${files})
    math(EXPR version "${version} + 1")
    get_filename_component(name ${file} NAME_WE)
    string(REGEX MATCH "^[0-9]+" number "${name}")
    if(NOT number OR NOT number EQUAL version)
      message(FATAL_ERROR "${file}: expected a file whose name begins with the version ${version}")
    endif()
    file(READ ${file} sql)
    string(APPEND source "      Step{${version}, \"${name}\", R\"__sql__(${sql})__sql__\"},\n")
  endforeach()
  if(version EQUAL 0)
    message(FATAL_ERROR "no .sql files in ${SCHEMA_DIR}/${database}")
  endif()
  string(APPEND source "  };\n  return kSteps;\n}\n")
endforeach()

string(APPEND source "\n}  // namespace zonestore::db\n")
file(WRITE ${OUTPUT} "${source}")
