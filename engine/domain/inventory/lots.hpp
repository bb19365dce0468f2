// Finding items and their lots.
#pragma once

#include <string>

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

// Valid until the state changes.
[[nodiscard]] Judged<const Item*> known_item(const Stock&, const Id& item, std::string at);
[[nodiscard]] Judged<const Item*> tracked_item(const Stock&, const Id& item);

}  // namespace daybook::inventory
