using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace FamilyPa.Core.Transfer;

/// <summary>The file is not readable as what it is said to be.</summary>
public sealed class TransferFormatException(string message) : Exception(message);

/// <summary>Rows of tasks as text by column, from JSON or CSV. Their columns have the same names.</summary>
/// <param name="Place">What messages call the row: "line 3", "tasks[2]".</param>
internal sealed record FileRow(string Place, IReadOnlyDictionary<string, string?> Fields);

internal static class TaskFile
{
    private static readonly string[] Columns =
        ["id", "title", "notes", "category", "assignee", "due_at", "remind_at", "status", "recurrence", "created_at", "completed_at"];

    /// <summary>A spreadsheet takes a cell that begins so for a formula. See OWASP, "CSV Injection".</summary>
    private static readonly char[] OfFormulas = ['=', '+', '-', '@', '\t', '\r'];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>CSV (RFC 4180) with a byte order mark, by which Excel knows UTF-8. Cells that a spreadsheet could take for formulas begin with an apostrophe.</summary>
    public static byte[] Write(IEnumerable<string[]> rows)
    {
        using var file = new MemoryStream();
        using (var writer = new CsvWriter(new StreamWriter(file, Utf8), new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" }))
        {
            foreach (var row in rows.Prepend(Columns))
            {
                foreach (var cell in row)
                    writer.WriteField(cell.Length > 0 && OfFormulas.Contains(cell[0]) ? $"'{cell}" : cell);
                writer.NextRecord();
            }
        }

        return file.ToArray();
    }

    /// <exception cref="TransferFormatException"/>
    public static (IReadOnlyList<FileRow> Tasks, IReadOnlyList<FileRow> Series) Read(byte[] file, bool isCsv)
    {
        try
        {
            var text = Utf8.GetString(file).TrimStart('\uFEFF');
            if (isCsv)
                return (ReadCsv(text), []);
            using var json = JsonDocument.Parse(text);
            return (ReadJson(json.RootElement, "tasks"), ReadJson(json.RootElement, "series"));
        }
        // InvalidOperationException: not the kind of JSON value that it should be, or half a surrogate pair.
        catch (Exception e) when (e is DecoderFallbackException or JsonException or InvalidOperationException or CsvHelperException)
        {
            throw new TransferFormatException(isCsv ? "This is not CSV in UTF-8." : "This is not JSON with a list \"tasks\".");
        }
    }

    private static List<FileRow> ReadCsv(string text)
    {
        var header = text.Split('\n', 2)[0];
        // Excel writes semicolons where the comma is for decimals.
        var delimiter = header.Contains(';') && !header.Contains(',') ? ";" : ",";
        using var reader = new CsvReader(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter });
        if (!reader.Read() || !reader.ReadHeader())
            return [];
        var columns = reader.HeaderRecord!.Select(name => name.Trim().ToLowerInvariant()).ToList();
        List<FileRow> rows = [];
        var line = reader.Parser.RawRow + 1;
        while (reader.Read())
        {
            var cells = reader.Parser.Record!;
            rows.Add(new FileRow($"line {line}", columns.Zip(cells).DistinctBy(cell => cell.First).ToDictionary(cell => cell.First, cell => (string?)Unescape(cell.Second))));
            line = reader.Parser.RawRow + 1;
        }

        return rows;
    }

    private static string Unescape(string cell) => cell is ['\'', var second, ..] && OfFormulas.Contains(second) ? cell[1..] : cell;

    private static List<FileRow> ReadJson(JsonElement root, string name) => !root.TryGetProperty(name, out var rows) && name != "tasks" ? [] :
    [
        .. rows.EnumerateArray().Select((row, i) => new FileRow($"{name}[{i}]", row.EnumerateObject().DistinctBy(field => field.Name).ToDictionary(
            field => field.Name,
            field => field.Value.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => field.Value.GetString(), _ => field.Value.GetRawText() }))),
    ];
}
