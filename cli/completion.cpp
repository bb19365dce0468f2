// `daybook completion bash|zsh|fish`: the shell's completions, from the program's own commands. The
// words before the cursor are followed as the program would: an option's value is no command.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/session.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {
namespace {

struct Verb {
    std::string path;                            // "log tail"; "" for the program itself.
    std::vector<std::string> words;              // Its subcommands and options.
    std::vector<std::string> valued;             // Those options that take a value,
    std::map<std::string, std::string> choices;  // and what it may be: "table json jsonl csv".
};

std::string words_of(std::string_view choices) {
    std::string words{choices};
    std::erase(words, ',');
    return words;
}

void collect_option(const CLI::Option& option, Verb& verb) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
    verb.words.insert(verb.words.end(), names.begin(), names.end());
    for (const std::string& name : option.get_snames()) names.push_back("-" + name);
    if (option.get_items_expected_max() == 0) return;
    verb.valued.insert(verb.valued.end(), names.begin(), names.end());
}

void add_choices(const CLI::App& app, Verb& verb) {
    if (verb.path.empty()) verb.choices["--format"] = "table json jsonl csv";
    if (verb.path == "init") verb.choices["--chart"] = "pcg general";
    if (!verb.path.starts_with("report ") && !verb.path.starts_with("explain ")) return;
    const Report* report = find_report(registered_projections(), app.get_name());
    if (report == nullptr) return;
    for (const ReportOption& option : report->options) {
        const bool is_truth = option.type == ValueType::boolean;
        const std::string choices = is_truth ? "true false" : words_of(option.choices);
        if (!choices.empty()) verb.choices["--" + std::string{option.name}] = choices;
    }
}

void collect(const CLI::App& app, const std::string& path, std::vector<Verb>& verbs) {
    Verb verb;
    verb.path = path;
    for (const CLI::App* command : app.get_subcommands({})) {
        verb.words.push_back(command->get_name());
    }
    for (const CLI::Option* option : app.get_options({})) collect_option(*option, verb);
    add_choices(app, verb);
    verbs.push_back(std::move(verb));
    for (const CLI::App* command : app.get_subcommands({})) {
        const std::string& name = command->get_name();
        collect(*command, path.empty() ? name : path + " " + name, verbs);
    }
}

// The options of the program itself stand behind every command, too.
std::string with_common(const Verb& verb, const std::vector<Verb>& verbs) {
    std::string words = fmt::format("{}", fmt::join(verb.words, " "));
    if (verb.path.empty()) return words;
    for (const std::string& word : verbs.front().words) {
        if (word.starts_with("--")) words += " " + word;
    }
    return words;
}

constexpr std::string_view bash_head = R"sh(# The words, and the options with values, of a command.
_daybook_at() {
  case "$1" in
)sh";
constexpr std::string_view bash_choices = R"sh(    *) return 1 ;;
  esac
}
# What the value of an option may be; "" if anything.
_daybook_values() {
  case "$1" in
)sh";
constexpr std::string_view bash_tail = R"sh(  esac
}
_daybook() {
  local path="" option="" word words valued common current="${COMP_WORDS[COMP_CWORD]}"
  _daybook_at ""
  common="$valued"
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $option ]]; then
      [[ $word == "=" ]] || option=""
    elif [[ $word == -* ]]; then
      [[ " $valued $common " == *" $word "* ]] && option="$word"
    elif _daybook_at "${path:+$path }$word"; then
      path="${path:+$path }$word"
    fi
  done
  [[ $current == "=" ]] && current=""
  if [[ -n $option ]]; then
    words="$(_daybook_values "$path $option")"
    [[ -n $words ]] || words="$(_daybook_values " $option")"
  elif [[ $current != -* ]]; then
    words="$(for word in $words; do [[ $word == -* ]] || echo "$word"; done)"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _daybook daybook
)sh";

std::string bash_script(const std::vector<Verb>& verbs) {
    std::string script{bash_head};
    for (const Verb& verb : verbs) {
        script += fmt::format(
            "    \"{}\") words=\"{}\" valued=\"{}\" ;;\n",
            verb.path,
            with_common(verb, verbs),
            fmt::join(verb.valued, " ")
        );
    }
    script += bash_choices;
    for (const Verb& verb : verbs) {
        for (const auto& [option, choices] : verb.choices) {
            script += fmt::format("    \"{} {}\") echo \"{}\" ;;\n", verb.path, option, choices);
        }
    }
    script += bash_tail;
    return script;
}

std::string zsh_script(const std::vector<Verb>& verbs) {
    return "#compdef daybook\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(verbs);
}

constexpr std::string_view fish_tail = R"sh(function __daybook_at
  set -l path
  set -l skips 0
  for word in (commandline -opc)[2..]
    if test $skips = 1
      set skips 0
    else if contains -- $word $__daybook_valued
      set skips 1
    else if contains -- "$path $word" $__daybook_paths; or contains -- "$path$word" $__daybook_paths
      set path (string trim -- "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end
)sh";

std::string fish_script(const std::vector<Verb>& verbs) {
    std::string paths;
    std::string valued;
    for (const Verb& verb : verbs) {
        paths += fmt::format(" '{}'", verb.path);
        for (const std::string& option : verb.valued) valued += " " + option;
    }
    std::string script = fmt::format(
        "set -g __daybook_paths{}\nset -g __daybook_valued{}\n{}", paths, valued, fish_tail
    );
    for (const Verb& verb : verbs) {
        for (const std::string& word : verb.words) {
            const bool is_option = word.starts_with("--");
            const std::string at = fmt::format("-n '__daybook_at \"{}\"'", verb.path);
            const bool has_choices = verb.choices.contains(word);
            script += is_option ? fmt::format("complete -c daybook {} -l {}", at, word.substr(2))
                                : fmt::format("complete -c daybook {} -f -a {}", at, word);
            if (has_choices) script += fmt::format(" -x -a '{}'", verb.choices.at(word));
            if (std::ranges::count(verb.valued, word) > 0 && !has_choices) script += " -r";
            script += "\n";
        }
    }
    return script;
}

}  // namespace

void add_completion(CLI::App& program, Session& session) {
    CLI::App* command = program.add_subcommand("completion", "Print the completions of a shell");
    command->add_option("shell", "bash, zsh or fish")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->required();
    command->footer(
        "Examples:\n"
        "  daybook completion bash > ~/.local/share/bash-completion/completions/daybook\n"
        "  daybook completion fish > ~/.config/fish/completions/daybook.fish\n"
    );
    set_run(*command, session, [&program, &session, command] {
        std::vector<Verb> verbs;
        collect(program, "", verbs);
        const auto wanted = command->get_option("shell")->as<std::string>();
        const auto script = wanted == "fish"  ? fish_script
                            : wanted == "zsh" ? zsh_script
                                              : bash_script;
        session.terminal->out(script(verbs));
        return ExitCode::ok;
    });
}

}  // namespace daybook::cli
