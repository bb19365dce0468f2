#include "cli/demo/company.hpp"

#include <fmt/format.h>

#include <span>

#include "cli/demo/addresses.hpp"

namespace daybook::demo {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view given_names[] = {
    "Camille", "Louise", "Adrien", "Inès",   "Hugo", "Manon",  "Théo",  "Sarah", "Lucas", "Élise",
    "Karim",   "Nadia",  "Julien", "Claire", "Yann", "Sophie", "Mehdi", "Alice", "Rémi",  "Fatou",
};
constexpr std::string_view family_names[] = {
    "Moreau",   "Garnier", "Lefort", "Benali",  "Rousselin", "Carpentier", "Delmas",
    "Fontaine", "Guérin",  "Haddad", "Jourdan", "Keller",    "Lacroix",    "Marchal",
    "Nguyen",   "Olivier", "Perrin", "Quentin", "Renard",    "Sabatier",   "Teixeira",
    "Vasseur",  "Weber",   "Yildiz", "Diallo",  "Barbier",
};
constexpr std::string_view supplier_trades[] = {
    "Fonderie",
    "Verrerie",
    "Manufacture",
    "Coutellerie",
    "Tissages",
    "Poterie",
    "Emballages",
    "Transports",
    "Plastiques",
    "Scierie",
};
struct Kind {
    std::string_view name;
    std::string_view tax_code;
    std::int64_t price_low;
    std::int64_t price_high;
};
constexpr Kind kinds[] = {
    {"Casserole", standard_tax, 1'490, 8'900},
    {"Poêle", standard_tax, 990, 6'500},
    {"Couteau", standard_tax, 450, 9'800},
    {"Lampe", standard_tax, 1'250, 14'900},
    {"Verre", standard_tax, 120, 890},
    {"Assiette", standard_tax, 180, 1'490},
    {"Nappe", standard_tax, 890, 4'900},
    {"Panier", standard_tax, 650, 3'900},
    {"Bougie", standard_tax, 140, 1'290},
    {"Tabouret", standard_tax, 1'990, 12'900},
    {"Confiture", reduced_tax, 210, 690},
    {"Livre de cuisine", reduced_tax, 890, 3'490},
};
constexpr std::string_view finishes[] = {
    "acier",
    "cuivre",
    "chêne",
    "noir",
    "blanc",
    "bleu",
    "grès",
    "osier",
    "lin",
    "ambre",
};

std::string_view pick(Prng& random, Words words) {
    return words[random.below(words.size())];
}

std::string person_name(Prng& random) {
    return fmt::format("{} {}", pick(random, given_names), pick(random, family_names));
}

// Few buy much and many buy little: the n-th buys in proportion to 1 / (n + 3).
std::int64_t share_of_rank(std::size_t rank) {
    return static_cast<std::int64_t>(100'000 / (rank + 3));
}

Customer make_customer(Prng& random, std::size_t number, std::size_t sellers) {
    constexpr std::string_view terms[] = {"NET30", "NET30", "EOM45", "EOM45", "CASH", "HALVES"};
    Customer customer;
    customer.id = fmt::format("C-{:05}", number + 1);
    customer.buys_abroad = random.chance(12);
    customer.country = customer.buys_abroad ? pick(random, countries_abroad) : "FR";
    customer.name = shop_name(random, customer.country);
    customer.terms = pick(random, terms);
    customer.owner = 1 + random.below(sellers);
    customer.late_days = random.chance(20) ? random.between(15, 75) : random.between(-3, 8);
    customer.buys = share_of_rank(number);
    return customer;
}

Item make_item(Prng& random, std::size_t number) {
    const Kind& kind = kinds[random.below(std::size(kinds))];
    Item item;
    item.id = fmt::format("P-{:04}", number + 1);
    item.name =
        fmt::format("{} {} n° {}", kind.name, pick(random, finishes), random.between(1, 40));
    item.group = "goods";
    item.tax_code = kind.tax_code;
    item.price_minor = random.between(kind.price_low, kind.price_high) / 5 * 5;
    item.sells = share_of_rank(number);
    return item;
}

Result<void> register_employees(const Company& company, Stream& stream, Date day) {
    for (const Employee& employee : company.employees) {
        const Body body = Body{}
                              .text("party", employee.id)
                              .text("kind", "person")
                              .text("name", employee.name)
                              .raw("roles", "[\"employee\"]")
                              .day("on", day);
        DAYBOOK_TRY_VOID(stream.send("crm.RegisterParty", employee.id, body));
    }
    return {};
}

Result<void> register_customer(
    const Company& company, const Customer& customer, Stream& stream, Date day
) {
    Prng random{hash_of(id_from_code(customer.id))};
    const Whereabouts where = whereabouts(random, customer.country);
    const std::string tax_number = vat_id(random, customer.country);
    const std::string account = iban(random, customer.country);
    const Body party = Body{}
                           .text("party", customer.id)
                           .text("kind", "organisation")
                           .text("name", customer.name)
                           .raw("roles", "[\"customer\"]")
                           .text("responsible", company.employees[customer.owner].id)
                           .list("addresses", {where.address})
                           .raw("emails", fmt::format("[\"{}@example.com\"]", customer.id))
                           .raw("phones", fmt::format("[\"{}\"]", where.phone))
                           .raw("ibans", fmt::format("[\"{}\"]", account))
                           .text("vat_id", tax_number)
                           .day("on", day);
    DAYBOOK_TRY_VOID(stream.send("crm.RegisterParty", customer.id, party));
    Body terms = Body{}
                     .text("party", customer.id)
                     .text("currency", "EUR")
                     .text("payment_terms", customer.terms)
                     .text("price_list", "PUBLIC")
                     .text("country", customer.country);
    if (customer.buys_abroad) terms.text("tax_code", export_tax);
    return stream.send("sales.SetCustomerTerms", "terms-" + customer.id, terms);
}

Result<void> define_items(const Company& company, Stream& stream, Date day) {
    const Body list =
        Body{}.text("price_list", "PUBLIC").text("name", "Public prices").text("currency", "EUR");
    DAYBOOK_TRY_VOID(stream.send("sales.DefinePriceList", "PUBLIC", list));
    for (const Item& item : company.items) {
        const Body body = Body{}
                              .text("item", item.id)
                              .text("name", item.name)
                              .text("unit", "piece")
                              .text("posting_group", item.group)
                              .text("tax_code", item.tax_code);
        DAYBOOK_TRY_VOID(stream.send("sales.DefineItem", item.id, body));
        const Body price = Body{}
                               .text("price_list", "PUBLIC")
                               .text("item", item.id)
                               .money("price", Money::from_minor(item.price_minor, Currency::eur))
                               .day("valid_from", day);
        DAYBOOK_TRY_VOID(stream.send("sales.SetPrice", "price-" + item.id, price));
    }
    return {};
}

}  // namespace

Company make_company(Prng& random, const CompanySize& size) {
    Company company;
    company.name = "Comptoir des Deux Rives";
    for (std::size_t i = 0; i < size.employees; ++i) {
        company.employees.push_back({
            .id = fmt::format("E-{:02}", i + 1),
            .name = person_name(random),
            .sells = i > 0,
        });
    }
    for (std::size_t i = 0; i < size.customers; ++i) {
        company.customers.push_back(make_customer(random, i, size.employees - 1));
    }
    for (std::size_t i = 0; i < size.suppliers; ++i) {
        company.suppliers.push_back({
            .id = fmt::format("S-{:03}", i + 1),
            .name = fmt::format("{} {}", pick(random, supplier_trades), pick(random, family_names)),
            .pays_after_days = random.chance(50) ? 30 : 45,
        });
    }
    for (std::size_t i = 0; i < size.items; ++i) company.items.push_back(make_item(random, i));
    return company;
}

Result<void> register_company(const Company& company, Stream& stream, Date day) {
    DAYBOOK_TRY_VOID(define_items(company, stream, day));
    DAYBOOK_TRY_VOID(register_employees(company, stream, day));
    for (const Customer& customer : company.customers) {
        DAYBOOK_TRY_VOID(register_customer(company, customer, stream, day));
    }
    for (const Supplier& supplier : company.suppliers) {
        const Body body = Body{}
                              .text("party", supplier.id)
                              .text("kind", "organisation")
                              .text("name", supplier.name)
                              .raw("roles", "[\"supplier\"]")
                              .text("country", "FR")
                              .day("on", day);
        DAYBOOK_TRY_VOID(stream.send("crm.RegisterParty", supplier.id, body));
    }
    return {};
}

}  // namespace daybook::demo
