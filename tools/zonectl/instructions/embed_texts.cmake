# Writes OUTPUT, a C++ source with the texts of DIR/LANGUAGE.txt for each of LANGUAGES:
#   cmake -DDIR=... "-DLANGUAGES=en fr" -DOUTPUT=... -P embed_texts.cmake
separate_arguments(LANGUAGES)
set(source "// Made by embed_texts.cmake from the .txt files. Do not edit.\n")
string(APPEND source "#include \"tools/zonectl/instructions/phrases.h\"\n\nnamespace zonectl::instructions {\n\n")
string(APPEND source "std::string_view embedded_text(std::string_view language) {\n")
foreach(language ${LANGUAGES})
  file(READ ${DIR}/${language}.txt text)
  string(APPEND source "  if (language == \"${language}\") {\n    return R\"__text__(${text})__text__\";\n  }\n")
endforeach()
string(APPEND source "  return {};\n}\n\n}  // namespace zonectl::instructions\n")
file(WRITE ${OUTPUT} "${source}")
