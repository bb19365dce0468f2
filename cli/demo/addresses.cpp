#include "cli/demo/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "engine/base/assert.hpp"

namespace daybook::demo {
namespace {

using Words = std::span<const std::string_view>;

struct Place {
    std::string_view city;
    std::string_view postcode;
    std::string_view dialled;  // With the country: "+33 4".
};

struct Country {
    std::string_view code;
    Words trades;
    Words families;
    Words streets;  // {} is the number of the house.
    std::span<const Place> places;
    std::size_t phone_digits;  // Behind what is dialled for the place.
    std::size_t bank_digits;   // Of an IBAN, behind its letters.
    std::string_view bank_letters;
    std::string_view tax_letters;  // Of a VAT id, before its digits.
    std::size_t tax_digits;
};

constexpr std::string_view french_trades[] = {
    "Quincaillerie",
    "Maison",
    "Comptoir",
    "Établissements",
    "Bazar",
    "Droguerie",
    "Entrepôt",
    "Les Ateliers",
    "Bricolage",
    "Arts de la table",
    "Cuisines",
    "Jardinerie",
};
constexpr std::string_view french_families[] = {
    "Moreau",   "Garnier", "Lefort", "Benali",  "Rousselin", "Carpentier", "Delmas",
    "Fontaine", "Guérin",  "Haddad", "Jourdan", "Keller",    "Lacroix",    "Marchal",
    "Nguyen",   "Olivier", "Perrin", "Quentin", "Renard",    "Sabatier",   "Teixeira",
    "Vasseur",  "Weber",   "Yildiz", "Diallo",  "Barbier",
};
constexpr std::string_view french_streets[] = {
    "{} rue de la République",
    "{} avenue Jean Jaurès",
    "{} rue des Tanneurs",
    "{} place du Marché",
    "{} boulevard Voltaire",
    "{} rue du Moulin",
    "{} quai de la Loire",
    "{} chemin des Vignes",
};
constexpr Place french_places[] = {
    {"Lyon", "69003", "+33 4"},
    {"Marseille", "13006", "+33 4"},
    {"Lille", "59000", "+33 3"},
    {"Nantes", "44000", "+33 2"},
    {"Strasbourg", "67000", "+33 3"},
    {"Bordeaux", "33000", "+33 5"},
    {"Rennes", "35000", "+33 2"},
    {"Dijon", "21000", "+33 3"},
    {"Grenoble", "38000", "+33 4"},
    {"Tours", "37000", "+33 2"},
    {"Limoges", "87000", "+33 5"},
    {"Amiens", "80000", "+33 3"},
};

constexpr std::string_view belgian_trades[] = {"Quincaillerie", "Maison", "Huis", "Comptoir"};
constexpr std::string_view belgian_families[] = {
    "Peeters", "Janssens", "Lambert", "Dubois", "Claes", "Wouters", "Martens", "Leclercq"};
constexpr std::string_view belgian_streets[] = {
    "rue Haute {}", "Nieuwstraat {}", "chaussée de Wavre {}", "Kerkstraat {}"};
constexpr Place belgian_places[] = {
    {"Bruxelles", "1000", "+32 2"},
    {"Antwerpen", "2000", "+32 3"},
    {"Gent", "9000", "+32 9"},
    {"Liège", "4000", "+32 4"},
};

constexpr std::string_view german_trades[] = {
    "Haushaltswaren", "Eisenwaren", "Küchenhaus", "Gartenmarkt"};
constexpr std::string_view german_families[] = {
    "Schneider", "Fischer", "Becker", "Hoffmann", "Schäfer", "Krüger", "Lang", "Vogel"};
constexpr std::string_view german_streets[] = {
    "Hauptstraße {}", "Bahnhofstraße {}", "Gartenweg {}", "Am Markt {}"};
constexpr Place german_places[] = {
    {"Köln", "50667", "+49 221"},
    {"Hamburg", "20095", "+49 40"},
    {"München", "80331", "+49 89"},
    {"Freiburg", "79098", "+49 761"},
};

constexpr std::string_view italian_trades[] = {
    "Casalinghi", "Ferramenta", "Arredo Casa", "Emporio"};
constexpr std::string_view italian_families[] = {
    "Rossi", "Ferrari", "Bianchi", "Romano", "Colombo", "Ricci", "Greco", "Conti"};
constexpr std::string_view italian_streets[] = {
    "via Garibaldi {}", "corso Vittorio Emanuele {}", "via Mazzini {}", "piazza San Marco {}"};
constexpr Place italian_places[] = {
    {"Torino", "10121", "+39 011"},
    {"Milano", "20121", "+39 02"},
    {"Genova", "16121", "+39 010"},
    {"Bologna", "40121", "+39 051"},
};

constexpr std::string_view spanish_trades[] = {"Ferretería", "Menaje", "Bazar", "Suministros"};
constexpr std::string_view spanish_families[] = {
    "García", "Martín", "Serrano", "Molina", "Ortega", "Vidal", "Campos", "Iglesias"};
constexpr std::string_view spanish_streets[] = {
    "calle Mayor {}", "avenida de la Paz {}", "calle del Carmen {}", "paseo Nuevo {}"};
constexpr Place spanish_places[] = {
    {"Barcelona", "08002", "+34 93"},
    {"Madrid", "28013", "+34 91"},
    {"Valencia", "46002", "+34 96"},
    {"Bilbao", "48005", "+34 94"},
};

constexpr Country countries[] = {
    {"FR", french_trades, french_families, french_streets, french_places, 8, 23, "", "", 9},
    {"BE", belgian_trades, belgian_families, belgian_streets, belgian_places, 7, 12, "", "0", 9},
    {"DE", german_trades, german_families, german_streets, german_places, 7, 18, "", "", 9},
    {"IT", italian_trades, italian_families, italian_streets, italian_places, 7, 22, "X", "", 11},
    {"ES", spanish_trades, spanish_families, spanish_streets, spanish_places, 7, 20, "", "B", 8},
};

const Country& country_of(std::string_view code) {
    const auto* found = std::ranges::find(countries, code, &Country::code);
    DAYBOOK_ASSERT(found != std::end(countries));
    return *found;
}

std::string_view pick(Prng& random, Words words) {
    return words[random.below(words.size())];
}

std::string digits(Prng& random, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + random.below(10));
    return text;
}

// Nine digits whose Luhn sum is a multiple of ten, as SIREN numbers are.
std::string siren(Prng& random) {
    std::string number = digits(random, 8);
    int sum = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        int value = number[i] - '0';
        if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return number + static_cast<char>('0' + (10 - sum % 10) % 10);
}

// FR, a key of two digits, the SIREN: key = (12 + 3 x (SIREN mod 97)) mod 97.
std::string french_vat_id(std::string_view siren_digits) {
    std::int64_t number = 0;
    for (const char digit : siren_digits) number = number * 10 + (digit - '0');
    return fmt::format("FR{:02}{}", (12 + 3 * (number % 97)) % 97, siren_digits);
}

}  // namespace

std::string shop_name(Prng& random, std::string_view country) {
    const Country& there = country_of(country);
    const std::string_view trade = pick(random, there.trades);
    return fmt::format("{} {}", trade, pick(random, there.families));
}

Whereabouts whereabouts(Prng& random, std::string_view country) {
    const Country& there = country_of(country);
    const Place& place = there.places[random.below(there.places.size())];
    const std::string line =
        fmt::format(fmt::runtime(pick(random, there.streets)), random.between(1, 180));
    return {
        .address = Body{}
                       .raw("lines", fmt::format("[\"{}\"]", line))
                       .text("postcode", place.postcode)
                       .text("city", place.city)
                       .text("country", country),
        .phone = fmt::format("{} {}", place.dialled, digits(random, there.phone_digits)),
    };
}

// ISO 13616: the check digits make the whole, moved round and with letters as numbers, 1 mod 97.
std::string iban(Prng& random, std::string_view country) {
    const Country& there = country_of(country);
    const std::string account = std::string{there.bank_letters} + digits(random, there.bank_digits);
    std::int64_t remainder = 0;
    for (const char c : account + std::string{country} + "00") {
        const bool is_letter = c >= 'A' && c <= 'Z';
        remainder =
            is_letter ? (remainder * 100 + (c - 'A' + 10)) % 97 : (remainder * 10 + (c - '0')) % 97;
    }
    return fmt::format("{}{:02}{}", country, 98 - remainder, account);
}

std::string vat_id(Prng& random, std::string_view country) {
    if (country == "FR") return french_vat_id(siren(random));
    const Country& there = country_of(country);
    return fmt::format("{}{}{}", country, there.tax_letters, digits(random, there.tax_digits));
}

}  // namespace daybook::demo
