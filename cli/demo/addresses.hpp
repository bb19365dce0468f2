// Who the demonstration's customers are in their countries: names, addresses, telephone, bank and
// tax numbers as people there have them. All invented; the numbers only pass the format's checks.
#pragma once

#include <string>
#include <string_view>

#include "cli/demo/body.hpp"
#include "engine/base/prng.hpp"

namespace daybook::demo {

inline constexpr std::string_view countries_abroad[] = {"BE", "DE", "IT", "ES"};

// Of "FR" or one of those abroad.
[[nodiscard]] std::string shop_name(Prng& random, std::string_view country);

struct Whereabouts {
    Body address;
    std::string phone;  // Of the same city.
};
[[nodiscard]] Whereabouts whereabouts(Prng& random, std::string_view country);
[[nodiscard]] std::string iban(Prng& random, std::string_view country);
[[nodiscard]] std::string vat_id(Prng& random, std::string_view country);

}  // namespace daybook::demo
