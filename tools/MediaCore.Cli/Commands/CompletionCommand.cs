using System.CommandLine;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl completion</c>: scripts for shells, which ask the program itself what may follow.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _mcctl() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(mcctl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _mcctl mcctl
        """;

    private const string Zsh = """
        #compdef mcctl
        _mcctl() {
          local -a found
          found=("${(@f)$(mcctl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found
        }
        compdef _mcctl mcctl
        """;

    private const string Fish = """
        complete -c mcctl -f -a '(mcctl "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create(Terminal terminal)
    {
        Command command = new("completion", "Print a completion script: eval \"$(mcctl completion bash)\", or put it where the shell looks.");
        Argument<string> shell = new("shell");
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Arguments.Add(shell);
        command.SetAction(parsed => terminal.Out.WriteLine(parsed.GetValue(shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
