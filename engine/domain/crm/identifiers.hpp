// Numbers and codes that the world has agreed on: countries, IBANs, VAT ids, e-mail, telephone.
// Each check follows the published format; none asks whether the thing exists.
#pragma once

#include <string>
#include <string_view>

namespace daybook::crm {

[[nodiscard]] bool is_country(std::string_view code);           // ISO 3166-1 alpha-2
[[nodiscard]] bool is_language(std::string_view code);          // "fr" or "fr-BE"
[[nodiscard]] bool is_email(std::string_view address);          // local@domain.tld
[[nodiscard]] bool is_phone(std::string_view number);           // 3 to 15 digits, as written
[[nodiscard]] bool is_iban(std::string_view compact);           // ISO 13616: length and mod 97
[[nodiscard]] bool is_vat_id(std::string_view compact);         // With its country: "FR40303265045"
[[nodiscard]] std::string compact_code(std::string_view text);  // Capitals and digits only.

}  // namespace daybook::crm
