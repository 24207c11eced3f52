using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>Serves the page's embedded files.</summary>
internal static class PhonePage
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["phone.html"] = "text/html; charset=utf-8",
        ["phone.css"] = "text/css; charset=utf-8",
        ["phone.js"] = "text/javascript; charset=utf-8",
        ["conversation.js"] = "text/javascript; charset=utf-8",
        ["recorder.js"] = "text/javascript; charset=utf-8",
    };

    public static void Map(WebApplication app)
    {
        app.MapGet("/", context =>
        {
            context.Response.Redirect("/phone");
            return Task.CompletedTask;
        });
        app.MapGet("/phone", context => SendAsync(context, "phone.html"));
        app.MapGet("/phone/page/{name}", context => SendAsync(context, context.Request.RouteValues["name"] as string ?? ""));
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        if (!Files.TryGetValue(name, out var type))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = type;
        await using var file = typeof(PhonePage).Assembly.GetManifestResourceStream(name)!;
        await file.CopyToAsync(context.Response.Body);
    }
}
