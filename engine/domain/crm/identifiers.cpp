// Numbers and codes that the world has agreed on: formats as data, checks as a few lines each.

#include "engine/domain/crm/identifiers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace daybook::crm {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_small(char c) {
    return c >= 'a' && c <= 'z';
}

// ISO 3166-1 alpha-2, each code followed by a space.
constexpr std::string_view countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW ";
static_assert(countries.size() == 249 * 3);

struct IbanLength {
    std::string_view country;
    std::size_t characters;
};
// The IBAN registry's total lengths.
constexpr auto iban_lengths = std::to_array<IbanLength>({
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27},
    {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28},
    {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
});

struct VatFormat {
    std::string_view prefix;
    std::string_view patterns;  // 9: a digit, A: a letter, X: either; other characters stand.
};
// As the European Commission publishes them for VIES, with Greece as EL and Northern Ireland as XI.
constexpr auto vat_formats = std::to_array<VatFormat>({
    {"AT", "U99999999"},
    {"BE", "9999999999"},
    {"BG", "999999999|9999999999"},
    {"CY", "99999999A"},
    {"CZ", "99999999|999999999|9999999999"},
    {"DE", "999999999"},
    {"DK", "99999999"},
    {"EE", "999999999"},
    {"EL", "999999999"},
    {"ES", "A9999999X|99999999A"},
    {"FI", "99999999"},
    {"FR", "XX999999999"},
    {"HR", "99999999999"},
    {"HU", "99999999"},
    {"IE", "9999999A|9999999AA|9A99999A"},
    {"IT", "99999999999"},
    {"LT", "999999999|999999999999"},
    {"LU", "99999999"},
    {"LV", "99999999999"},
    {"MT", "99999999"},
    {"NL", "999999999B99"},
    {"PL", "9999999999"},
    {"PT", "999999999"},
    {"RO", "99|999|9999|99999|999999|9999999|99999999|999999999|9999999999"},
    {"SE", "999999999999"},
    {"SI", "99999999"},
    {"SK", "9999999999"},
    {"XI", "999999999|999999999999|GD999|HA999"},
});

bool fits(std::string_view text, std::string_view pattern) {
    return std::ranges::equal(text, pattern, [](char c, char wanted) {
        if (wanted == '9') return is_digit(c);
        if (wanted == 'A') return is_capital(c);
        if (wanted == 'X') return is_digit(c) || is_capital(c);
        return c == wanted;
    });
}

bool fits_any(std::string_view text, std::string_view patterns) {
    while (true) {
        const std::size_t bar = patterns.find('|');
        if (fits(text, patterns.substr(0, bar))) return true;
        if (bar == std::string_view::npos) return false;
        patterns.remove_prefix(bar + 1);
    }
}

std::uint64_t number_in(std::string_view digits) {
    std::uint64_t number = 0;
    for (const char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return number;
}

// The two characters before a French SIREN are its key: (12 + 3 x (SIREN mod 97)) mod 97. Keys with
// a letter follow another rule, which is not published in full; they pass by their format alone.
bool french_key_agrees(std::string_view number) {
    if (!is_digit(number[0]) || !is_digit(number[1])) return true;
    const std::uint64_t siren = number_in(number.substr(2));
    return number_in(number.substr(0, 2)) == (12 + 3 * (siren % 97)) % 97;
}

}  // namespace

bool is_country(std::string_view code) {
    if (code.size() != 2 || !is_capital(code[0]) || !is_capital(code[1])) return false;
    for (std::size_t at = 0; at < countries.size(); at += 3) {
        if (countries.substr(at, 2) == code) return true;
    }
    return false;
}

bool is_language(std::string_view code) {
    if (code.size() != 2 && code.size() != 5) return false;
    if (!is_small(code[0]) || !is_small(code[1])) return false;
    return code.size() == 2 || (code[2] == '-' && is_country(code.substr(3)));
}

bool is_email(std::string_view address) {
    const std::size_t at = address.find('@');
    if (at == 0 || at == std::string_view::npos || at > 64 || address.size() > 254) return false;
    for (const char c : address) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == ',' || c == ';')
            return false;
    }
    const std::string_view domain = address.substr(at + 1);
    const std::size_t dot = domain.rfind('.');
    return domain.find('@') == std::string_view::npos && dot != std::string_view::npos && dot > 0 &&
           dot + 1 < domain.size() && domain.find("..") == std::string_view::npos;
}

bool is_phone(std::string_view number) {
    if (number.starts_with('+')) number.remove_prefix(1);
    std::size_t digits = 0;
    for (const char c : number) {
        if (is_digit(c)) {
            ++digits;
        } else if (std::string_view{" .-()/"}.find(c) == std::string_view::npos) {
            return false;
        }
    }
    return digits >= 3 && digits <= 15;
}

bool is_iban(std::string_view compact) {
    const auto* known = std::ranges::find(iban_lengths, compact.substr(0, 2), &IbanLength::country);
    if (known == iban_lengths.end() || compact.size() != known->characters) return false;
    if (!is_digit(compact[2]) || !is_digit(compact[3])) return false;
    std::uint32_t rest = 0;
    for (std::size_t i = 0; i < compact.size(); ++i) {
        // The first four characters count last.
        const char c = compact[(i + 4) % compact.size()];
        if (!is_digit(c) && !is_capital(c)) return false;
        rest = is_digit(c) ? (rest * 10 + static_cast<std::uint32_t>(c - '0')) % 97
                           : (rest * 100 + static_cast<std::uint32_t>(c - 'A' + 10)) % 97;
    }
    return rest == 1;
}

bool is_vat_id(std::string_view compact) {
    if (compact.size() < 4 || compact.size() > 20) return false;
    const std::string_view prefix = compact.substr(0, 2);
    const std::string_view number = compact.substr(2);
    const auto* known = std::ranges::find(vat_formats, prefix, &VatFormat::prefix);
    if (known == vat_formats.end()) {
        // Outside the Union only the country is certain; Greece must say EL.
        return is_country(prefix) && prefix != "GR" &&
               std::ranges::all_of(number, [](char c) { return is_digit(c) || is_capital(c); });
    }
    return fits_any(number, known->patterns) && (prefix != "FR" || french_key_agrees(number));
}

std::string compact_code(std::string_view text) {
    std::string compact;
    for (const char c : text) {
        if (is_small(c)) {
            compact.push_back(static_cast<char>(c - 'a' + 'A'));
        } else if (c != ' ' && c != '-' && c != '.') {
            compact.push_back(c);
        }
    }
    return compact;
}

}  // namespace daybook::crm
