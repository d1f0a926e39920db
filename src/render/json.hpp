// SPDX-License-Identifier: MIT
// Answers as the JSON of the contract (design: JSON). Absent is absent; text is escaped, and where that
// changed anything the exact bytes stand beside it as base64 in "..._b64".
#pragma once

#include "otherend/answer.hpp"
#include "render/printer.hpp"

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace otherend::render {

using Json = nlohmann::ordered_json;

inline constexpr std::string_view schema = "otherend/1";

// Puts nothing where there are no bytes.
void put_text(Json& object, const std::string& key, std::string_view bytes);

Json to_json(const Head& head);
Json to_json(const Holder& holder);
Json to_json(const Endpoint& endpoint, bool addresses);
Json to_json(std::span<const Unseen> unseen);

} // namespace otherend::render
