using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>Serves the page's embedded files.</summary>
internal static class PhonePage
{
    private static readonly Dictionary<string, string> Types = new() { [".html"] = "text/html", [".css"] = "text/css", [".js"] = "text/javascript" };

    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => Results.Redirect("/phone"));
        app.MapGet("/phone", () => Read("phone.html"));
        app.MapGet("/phone/page/{name}", Read);
    }

    private static IResult Read(string name) => typeof(PhonePage).Assembly.GetManifestResourceStream(name) is { } file
        ? Results.Stream(file, $"{Types[Path.GetExtension(name)]}; charset=utf-8")
        : Results.NotFound();
}
