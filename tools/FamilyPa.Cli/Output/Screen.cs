using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace FamilyPa.Cli.Output;

/// <summary>Writes results to stdout and everything else to stderr.</summary>
internal static class Screen
{
    /// <summary>The app's JSON format.</summary>
    public static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Width for files and pipes, which need no line breaks.</summary>
    private const int UnboundedWidth = 400;

    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Err { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether a person can answer questions.</summary>
    public static bool IsInteractive => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    public static void Json<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonOptions));

    public static void Line(string text = "") => Console.Out.WriteLine(Clean(text));

    public static void Error(string message) => Console.Error.WriteLine($"familypa: {Clean(message)}");

    public static void Note(string message) => Console.Error.WriteLine(Clean(message));

    /// <remarks>Asks on stderr, so that stdout contains results only.</remarks>
    public static bool Confirm(string question)
    {
        Console.Error.Write($"{Clean(question)} [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)));
        return table;
    }

    public static void Row(this Table table, params object?[] cells) => table.AddRow(cells.Select(cell => new Text(Show(cell))));

    /// <summary>Replaces control characters, which a terminal would interpret. Messages may contain them.</summary>
    public static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) && character != '\n' ? '\uFFFD' : character));

    public static string Show(object? value) => value switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Clean(value.ToString() ?? ""),
    };

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
            console.Profile.Width = UnboundedWidth;
        return console;
    }
}
