// Imports into a book: each row is counted once, twice is once, and nothing is dropped in silence.
#include "connectors/files/importer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "schemas/crm.hpp"
#include "tests/connectors/import_desk.hpp"

namespace daybook::files {
namespace {

constexpr std::string_view customers = R"(
mapping customers
source customers
  file customers.csv
  encoding utf-8
  delimiter comma
table country
  "France" = "FR"
  "Germany" = "DE"
pass customers from customers
  document code
  report when starts(name, "test") because "a test customer" remedy "leave the row out"
  total revenue by Country = revenue
  command crm.RegisterParty
    party = code
    kind = "organisation"
    name = name
    roles[0] = "customer"
    addresses[0].city = city
    addresses[0].country = country(Country)
)";

constexpr std::string_view header = "code,name,city,Country,revenue\n";

}  // namespace

TEST_CASE("rows become commands, and importing twice imports once") {
    ImportDesk desk;
    desk.write(
        "customers.csv",
        std::string{header} +
            "A1,Müller & Sohn,Köln,Germany,10.50\nB2,\"Dupont, \"\"SA\"\"\",Lyon,France,7\n"
    );
    const auto first = desk.import(customers);
    REQUIRE_MESSAGE(first.ok(), (first ? "" : first.error().message));
    CHECK(first.value().rows().imported == 2);
    CHECK(desk.engine.end() == 2);
    CHECK(first.value().passes[0].error_file.empty());

    const auto second = desk.import(customers);
    REQUIRE(second);
    CHECK(second.value().rows().imported == 0);
    CHECK(second.value().rows().imported_earlier == 2);
    CHECK(second.value().passes[0].commands.at("crm.RegisterParty").repeated == 2);
    CHECK(second.value().import == first.value().import);
    CHECK(desk.engine.end() == 2);
}

TEST_CASE("passes with an order are walked together, and each document keeps its own pass") {
    ImportDesk desk;
    desk.write("people.csv", "who,on\nP3,2026-03-01\nP1,2026-01-01\nP2,2026-02-01\n");
    desk.write("firms.csv", "firm,on\nF1,2026-02-01\nF0,2026-01-15\nF9,2026-02-31\n");
    const auto summary = desk.import(R"(
mapping mixed
source people
  file people.csv
source firms
  file firms.csv
pass people from people
  order by date(on)
  document who
  total people = 1
  command crm.RegisterParty
    party = who
    kind  = "person"
    name  = who
    on    = date(on)
pass firms from firms
  document firm
  order by date(on)
  total firms = 1
  command crm.RegisterParty
    party = firm
    kind  = "organisation"
    name  = join(firm, " ", row())
    on    = date(on)
    roles[+]  = "customer"
    roles[+2] = "supplier"
)");
    REQUIRE_MESSAGE(summary.ok(), (summary ? "" : summary.error().message));
    std::string order;
    const auto reader = std::move(desk.log.read(0)).value();
    for (auto page = reader->next(); page.ok() && !page.value().empty(); page = reader->next()) {
        for (const EventBytes event : page.value()) {
            const auto* record = flatbuffers::GetRoot<crm::EventRecord>(payload_of(event).data());
            order += record->event_as_PartyRegistered()->name()->str() + " ";
            const auto* roles = record->event_as_PartyRegistered()->roles();
            if (roles != nullptr) order += "(" + std::to_string(roles->size()) + ") ";
        }
    }
    CHECK(order == "P1 F0 1 (2) P2 F1 1 (2) P3 ");
    REQUIRE(summary.value().passes.size() == 2);
    CHECK(summary.value().passes[0].rows.imported == 3);
    CHECK(summary.value().passes[0].totals.at("people").at("").imported.text() == "3");
    CHECK(summary.value().passes[1].rows.imported == 2);
    CHECK(summary.value().passes[1].rows.reported == 1);
    CHECK(summary.value().passes[1].totals.at("firms").at("").reported.text() == "1");
    CHECK(desk.read("errors.firms.csv").find("2026-02-31") != std::string::npos);
    CHECK(
        desk.import("mapping m\npass p\n  order by \"x\"\n").error().message ==
        "t.map line 3: a pass without a source has no order"
    );
}

TEST_CASE("what cannot be imported is in the error file, which can be corrected and imported") {
    ImportDesk desk;
    desk.write(
        "customers.csv",
        std::string{header} +
            "A1,Alpha,Köln,Germany,1\n"
            "B2,testing,Lyon,France,2\n"
            "C3,Gamma,Mars,Atlantis,3\n"
            "D4,Delta,Paris\n"
            ",Epsilon,Paris,France,5\n"
            "A1,Alpha again,Bonn,Germany,6\n"
            "E5,\"\",Paris,France,7\n"
    );
    const auto summary = desk.import(customers);
    REQUIRE_MESSAGE(summary.ok(), (summary ? "" : summary.error().message));
    const PassSummary& pass = summary.value().passes[0];
    CHECK(pass.rows.read == 7);
    CHECK(pass.rows.imported == 1);
    CHECK(pass.rows.reported == 6);
    CHECK(pass.totals.at("revenue").at("Germany").read.text() == "7");
    CHECK(pass.totals.at("revenue").at("Germany").imported.text() == "1");
    CHECK(pass.totals.at("revenue").at("Germany").reported.text() == "6");
    CHECK(
        desk.read("errors.csv") ==
        "daybook_line,daybook_document,daybook_reason,daybook_remedy,code,name,city,Country,"
        "revenue\r\n"
        "3,B2,a test customer,leave the row out,B2,testing,Lyon,France,2\r\n"
        "4,C3,\"\"\"Atlantis\"\" is not in the table country\",\"add the line \"\"Atlantis\"\" = "
        "\"\"...\"\" to table country of the mapping\",C3,Gamma,Mars,Atlantis,3\r\n"
        "5,D4,\"the row has 3 columns, and the file names 5\",\"quote a field that holds the "
        "delimiter, or add what is missing\",D4,Delta,Paris\r\n"
        "6,,it has no key that would say which document it is,fill it "
        "in,,Epsilon,Paris,France,5\r\n"
        "7,A1,\"crm.RegisterParty refused: crm.party_exists at party, found A1, "
        "needed an id that no party has yet\",\"correct the row or the book's settings, and import "
        "again\",A1,Alpha again,Bonn,Germany,6\r\n"
        "8,E5,\"crm.RegisterParty: \"\"name\"\" is missing\",\"correct the row, or the "
        "mapping\",E5,,Paris,France,7\r\n"
    );

    // Mend two rows of the error file and import it as it is.
    desk.write(
        "customers.csv",
        "daybook_line,daybook_document,daybook_reason,daybook_remedy,code,name,city,Country,"
        "revenue\r\n"
        "3,B2,a test customer,leave the row out,B2,Beta,Lyon,France,2\r\n"
    );
    const auto mended = desk.import(customers);
    REQUIRE(mended);
    CHECK(mended.value().rows().imported == 1);
}

TEST_CASE("rows without a key that say the same are as many facts as there are rows") {
    ImportDesk desk;
    const std::string notes = R"(
mapping notes
source notes
  file notes.csv
pass notes from notes
  command crm.RecordInteraction
    interaction = number
    kind = "note"
    party = "A1"
    subject = text
)";
    desk.write("customers.csv", std::string{header} + "A1,Alpha,Köln,Germany,1\n");
    REQUIRE(desk.import(customers));
    desk.write("notes.csv", "number,text\n1,hello\n1,hello\n2,hello\n");
    const auto summary = desk.import(notes);
    REQUIRE_MESSAGE(summary.ok(), (summary ? "" : summary.error().message));
    // The second row is no repetition of the first command but one of its own, and refused.
    CHECK(summary.value().rows().imported == 2);
    CHECK(summary.value().rows().reported == 1);
    CHECK(desk.import(notes).value().rows().imported_earlier == 2);
}

TEST_CASE("a dry run checks everything and stores nothing") {
    ImportDesk desk;
    desk.write(
        "customers.csv", std::string{header} + "A1,Alpha,Köln,Germany,1\nB2,,Lyon,France,2\n"
    );
    const Mapping mapping = parse_mapping(customers, "t.map").value();
    const auto summary = run_import(mapping, check_only(), desk.options());
    REQUIRE(summary);
    CHECK(summary.value().rows().imported == 1);
    CHECK(summary.value().rows().reported == 1);
    CHECK(desk.engine.end() == 0);
}

TEST_CASE("a file that is not whole is refused before anything is stored") {
    ImportDesk desk;
    const auto refused = [&](const std::string& text, std::string_view message) {
        desk.write("customers.csv", text);
        const auto summary = desk.import(customers);
        REQUIRE_FALSE(summary);
        CHECK_MESSAGE(
            summary.error().message.find(message) != std::string::npos, summary.error().message
        );
        CHECK(desk.engine.end() == 0);
    };
    const std::string good = std::string{header} + "A1,Alpha,Bonn,Germany,1\n";
    refused(good + "B2,\"open,Lyon,France,2\n", "the quote opened at line 3 is never closed");
    refused(good + "B2,\xFF,Lyon,France,2\n", "line ");
    refused(good + "B2," + std::string(2'000'000, 'x') + ",Lyon,France,2\n", "longer than");
    refused("", "is empty: it has no row of names");
    refused("code,name,code\n", "has two columns named code");
    refused("code,title,city,Country,revenue\n", "has no column name");
}

TEST_CASE("a file of a later pass that is not whole keeps the earlier ones from being sent") {
    ImportDesk desk;
    desk.write("notes.csv", "number,text\n1,\"open\n");
    const auto summary = desk.import(R"(
mapping notes
source notes
  file notes.csv
pass parties
  command crm.RegisterParty
    party = "A1"
    kind = "organisation"
    name = "Alpha"
pass notes from notes
  command crm.RecordInteraction
    interaction = number
    kind = "note"
    party = "A1"
    subject = text
)");
    REQUIRE_FALSE(summary);
    CHECK(summary.error().message.find("is never closed") != std::string::npos);
    CHECK(desk.engine.end() == 0);
}

TEST_CASE("a mapping that does not fit the schema is refused with its line") {
    ImportDesk desk;
    desk.write("t.csv", "a\n1\n");
    const auto error_of = [&](const std::string& command) {
        const auto summary =
            desk.import("mapping t\nsource s\nfile t.csv\npass p from s\n" + command);
        return summary ? std::string{} : summary.error().message;
    };
    CHECK(error_of("command crm.RegisterPart\n party = a\n").find("mapping t line 5: ") == 0);
    CHECK(
        error_of("command crm.RegisterParty\n pary = a\n") ==
        "mapping t line 6: crm.RegisterParty has no field pary; did you mean \"party\"?"
    );
    CHECK(
        error_of("command crm.RegisterParty\n addresses[0].town = a\n").find("no field town") !=
        std::string::npos
    );
}

TEST_CASE("an import that is stopped can be run again to its end") {
    ImportDesk desk;
    std::string text{header};
    for (int i = 0; i < 2'000; ++i) text += "K" + std::to_string(i) + ",Name,Bonn,Germany,1\n";
    desk.write("customers.csv", text);
    const Mapping mapping = parse_mapping(customers, "t.map").value();
    ImportOptions options = desk.options();
    int asked = 0;
    options.in_flight_max = 3;
    options.stop = [&asked] { return ++asked > 700; };
    const auto stopped = run_import(mapping, desk.submit(), options);
    REQUIRE(stopped);
    CHECK(stopped.value().is_stopped);
    CHECK(stopped.value().rows().imported == 700);
    const auto resumed = desk.import(customers);
    REQUIRE(resumed);
    CHECK(resumed.value().rows().imported == 1'300);
    CHECK(resumed.value().rows().imported_earlier == 700);
    CHECK(desk.engine.end() == 2'000);
}

TEST_CASE("progress counts the rows of all passes, and is whole only at the end") {
    ImportDesk desk;
    std::string text{header};
    for (int i = 0; i < 2'000; ++i) text += "K" + std::to_string(i) + ",Name,Bonn,Germany,1\n";
    desk.write("customers.csv", text);
    for (const bool is_together : {false, true}) {
        std::string again{customers};
        if (is_together) again.replace(again.find("document code"), 13, "document code anywhere");
        ImportOptions options = desk.options();
        std::vector<ImportProgress> seen;
        options.progress = [&seen](const ImportProgress& at) { seen.push_back(at); };
        REQUIRE(run_import(parse_mapping(again, "t.map").value(), desk.submit(), options));
        REQUIRE(seen.size() > 4);
        CHECK(seen.front().rows < 1'000);
        CHECK(seen.front().rows_total == 2'000);
        CHECK(seen.back().rows == 2'000);
        CHECK(seen.back().rows_total == 2'000);
    }
}

}  // namespace daybook::files
