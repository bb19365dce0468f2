// `daybook completion bash|zsh|fish`: the shell's completions, from the program's own options.
#include <fmt/format.h>

#include <algorithm>

#include "cli/session.hpp"

namespace daybook::cli {
namespace {

struct Verb {
    std::string path;  // "log tail"; "" for the program itself.
    std::string summary;
    std::vector<std::string> words;  // Its subcommands and options.
};

void collect(const CLI::App& app, const std::string& path, std::vector<Verb>& verbs) {
    Verb verb{path, app.get_description(), {}};
    for (const CLI::App* command : app.get_subcommands({}))
        verb.words.push_back(command->get_name());
    for (const CLI::Option* option : app.get_options({})) {
        for (const std::string& name : option->get_lnames()) verb.words.push_back("--" + name);
    }
    verbs.push_back(std::move(verb));
    for (const CLI::App* command : app.get_subcommands({})) {
        collect(
            *command, path.empty() ? command->get_name() : path + " " + command->get_name(), verbs
        );
    }
}

std::string bash_script(const std::vector<Verb>& verbs) {
    std::string cases;
    for (const Verb& verb : verbs) {
        cases +=
            fmt::format("    \"{}\") words=\"{}\" ;;\n", verb.path, fmt::join(verb.words, " "));
    }
    return fmt::format(
        "_daybook() {{\n"
        "  local path=\"\" word words=\"\"\n"
        "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
        "    [[ $word == -* ]] || path=\"${{path:+$path }}$word\"\n"
        "  done\n"
        "  case \"$path\" in\n{}  esac\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
        "  [[ ${{#COMPREPLY[@]}} -gt 0 ]] || COMPREPLY=($(compgen -f -- "
        "\"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
        "}}\n"
        "complete -F _daybook daybook\n",
        cases
    );
}

std::string zsh_script(const std::vector<Verb>& verbs) {
    return "#compdef daybook\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(verbs);
}

std::string fish_script(const std::vector<Verb>& verbs) {
    std::string script = "complete -c daybook -f\n";
    for (const Verb& verb : verbs) {
        const std::string condition = verb.path.empty()
                                          ? std::string{"__fish_use_subcommand"}
                                          : "__fish_seen_subcommand_from " + verb.path;
        for (const std::string& word : verb.words) {
            script +=
                word.starts_with("--")
                    ? fmt::format("complete -c daybook -n '{}' -l {}\n", condition, word.substr(2))
                    : fmt::format("complete -c daybook -n '{}' -a {}\n", condition, word);
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
        "Example:\n  daybook completion bash > ~/.local/share/bash-completion/completions/daybook"
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
