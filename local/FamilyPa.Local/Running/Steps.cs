using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace FamilyPa.Local.Running;

/// <summary>Shows the progress of slow steps: spinners in a terminal, plain lines in redirected output.</summary>
internal sealed class Steps(IAnsiConsole console, ProgressContext? live)
{
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<Steps, Task<T>> work) =>
        Console.IsOutputRedirected || !console.Profile.Capabilities.Interactive
            ? work(new Steps(console, null))
            : console.Progress()
                .Columns(
                    new SpinnerColumn { CompletedText = "[green]✓[/]" },
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ElapsedTimeColumn())
                .StartAsync(context => work(new Steps(console, context)));

    /// <param name="step">Receives a callback that reports progress.</param>
    /// <param name="outcome">The text after the step is done.</param>
    public async Task<T> RunAsync<T>(string name, Func<Action<string>, Task<T>> step, Func<T, string> outcome)
    {
        var clock = Stopwatch.StartNew();
        var line = live?.AddTask(Line(name, "")).IsIndeterminate();
        var result = await step(text => Say(line, name, text));
        var seconds = clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Say(line, name, line is null ? $"{outcome(result)} ({seconds} s)" : outcome(result));
        if (line is not null)
        {
            line.IsIndeterminate(false);
            line.Value = line.MaxValue;
            line.StopTask();
        }

        return result;
    }

    public Task RunAsync(string name, Func<Action<string>, Task> step, string outcome) => RunAsync(
        name,
        async say =>
        {
            await step(say);
            return outcome;
        },
        said => said);

    private void Say(ProgressTask? line, string name, string text)
    {
        if (line is not null)
            line.Description = Line(name, text);
        else
            console.WriteLine($"{name,-12} {text}");
    }

    private static string Line(string name, string text) => $"[bold]{name,-12}[/] {Markup.Escape(text.Split('\n')[0])}";
}
