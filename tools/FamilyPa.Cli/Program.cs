using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using FamilyPa.Cli;
using FamilyPa.Cli.Commands;
using FamilyPa.Cli.Output;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var root = new RootCommand(
    $"""
    familypa: the operator's command line of Family PA.

    {ExitCode.Help}
    The function key is read from FAMILYPA_KEY; a local run's key is found without it.
    Times are ISO 8601 (UTC without an offset) or an age: 90s, 30m, 1h, 2d, 1w.
    """)
{
    // Look
    InspectCommand.Create(),
    EventsCommand.Create(),
    DeadLettersCommand.Create(),

    // Replay
    ReplayCommand.Create(),
    RequeueCommand.Create(),
    SimulateCommand.Create(),

    // Limits and budgets
    LimitsCommand.Create(),
    BudgetCommand.Create(),

    // Set-up
    FamiliesCommand.Create(),
    SmokeCommand.Create(),
    ConnectCommand.Create(),
    MigrateCommand.Create(),
    HandOverCommand.Create(),
};
foreach (var option in GlobalOptions.All)
    root.Add(option);

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
        Screen.Error(string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    Screen.Error($"see {string.Join(' ', ["familypa", .. parsed.CommandResult.Command == root ? (string[])[] : [parsed.CommandResult.Command.Name], "--help"])}");
    return ExitCode.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CliException e)
{
    Screen.Error(e.Message);
    return e.ExitCode;
}
catch (OperationCanceledException)
{
    Screen.Error("interrupted");
    return ExitCode.Failed;
}
