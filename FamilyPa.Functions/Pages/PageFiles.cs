using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FamilyPa.Functions.Pages;

/// <summary>
/// The embedded files of one page: its folder and <c>shared</c>. Under <c>/page/version/</c> they keep their relative paths, so modules can import
/// each other. The version is a hash of all files, so those URLs are immutable. The document, service worker, manifest and icon have fixed URLs under <c>/page/</c>.
/// </summary>
public sealed class PageFiles
{
    private const string Shared = "shared";
    private const string Document = "index.html";
    private const string Worker = "sw.js";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".webmanifest"] = "application/manifest+json",
    };

    private readonly string page;
    private readonly string version;
    private readonly Dictionary<string, byte[]> files;

    /// <param name="values">What the document's placeholders stand for.</param>
    public PageFiles(string page, params (string Placeholder, string? Value)[] values)
    {
        this.page = page;
        var assembly = typeof(PageFiles).Assembly;
        files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith($"{page}/", StringComparison.Ordinal) || name.StartsWith($"{Shared}/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name, Read);
        version = Hash([.. files.SelectMany(file => Encoding.UTF8.GetBytes(file.Key).Concat(file.Value))]);
        Fill(Document, values);
        if (files.ContainsKey($"{page}/{Worker}"))
            Fill(Worker);

        byte[] Read(string name)
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>The page's base path.</summary>
    public string Root => $"/{page}";

    /// <param name="path">The path after the page's name; null or empty for the page itself.</param>
    public PageFile? Find(string? path) => (path ?? "").Split('/') switch
    {
        // A view has its own URL of one word, which the page's script reads.
        [var view] when view.All(letter => char.IsAsciiLetterLower(letter) || letter == '-') => Of($"{page}/{Document}", immutable: false),
        [Document] => null,
        [var name] => Of($"{page}/{name}", immutable: false),
        [var asked, var folder, var name] when asked == version => Of($"{folder}/{name}", immutable: true),
        _ => null,
    };

    private PageFile? Of(string name, bool immutable) =>
        files.TryGetValue(name, out var bytes) ? new PageFile(bytes, Types[Path.GetExtension(name)], Hash(bytes), immutable) : null;

    /// <summary>Inserts the version into the document, and the list of all files into the service worker, which caches them for offline use.</summary>
    private void Fill(string name, params (string Placeholder, string? Value)[] values)
    {
        var shell = files.Keys.Where(file => Path.GetExtension(file) is ".js" or ".css").Except([$"{page}/{Worker}"]).Select(file => $"/{page}/{version}/{file}");
        var text = Encoding.UTF8.GetString(files[$"{page}/{name}"])
            .Replace("{version}", version, StringComparison.Ordinal)
            .Replace("\"{files}\"", JsonSerializer.Serialize(shell), StringComparison.Ordinal);
        foreach (var (placeholder, value) in values)
            text = text.Replace(placeholder, WebUtility.HtmlEncode(value), StringComparison.Ordinal);
        files[$"{page}/{name}"] = Encoding.UTF8.GetBytes(text);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}

/// <param name="Hash">Hash of <paramref name="Bytes"/>.</param>
/// <param name="Immutable">Whether the URL contains the content's version.</param>
public sealed record PageFile(byte[] Bytes, string Type, string Hash, bool Immutable);
