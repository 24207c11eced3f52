using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.Probe;

public sealed class HttpFunctions(Calls calls)
{
    [Function("Tasks")]
    public IResult Tasks([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tasks")] HttpRequest request) => Results.Text("Tasks");

    [Function("Task")]
    public IResult OneTask([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tasks/{id}")] HttpRequest request, string id) => Results.Text($"Task {id}");

    [Function("Days")]
    public IResult Days([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "days/{day:int}/{family:guid}")] HttpRequest request, int day, Guid family) =>
        Results.Text($"Days {day} {family}");

    [Function("Board")]
    public IResult Board([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "board/{*path}")] HttpRequest request, string? path) => Results.Text($"Board {path}");

    [Function("Any")]
    public IResult Any([HttpTrigger(AuthorizationLevel.Anonymous, Route = "any")] HttpRequest request) => Results.Text(request.Method);

    [Function("Nameless")]
    public IResult Nameless([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("named");

    [Function("Replay")]
    public IResult Replay([HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/admin/replay")] HttpRequest request) => Results.Text("replay");

    [Function("PagesA")]
    public IResult General([HttpTrigger(AuthorizationLevel.Anonymous, Route = "pages/{*path}")] HttpRequest request) => Results.Text("general");

    [Function("PagesB")]
    public IResult Special([HttpTrigger(AuthorizationLevel.Anonymous, Route = "pages/special")] HttpRequest request) => Results.Text("special");

    [Function("Secret")]
    public IResult Secret([HttpTrigger(AuthorizationLevel.Function, "get", Route = "secret")] HttpRequest request) => Results.Text("in");

    [Function("ByDefault")]
    public IResult ByDefault([HttpTrigger(Route = "by-default")] HttpRequest request) => Results.Text("in");

    [Function("Masters")]
    public IResult Masters([HttpTrigger(AuthorizationLevel.Admin, Route = "masters")] HttpRequest request) => Results.Text("in");

    [Function("Result")]
    public IResult Result([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "result")] HttpRequest request) =>
        Results.Text("<Response/>", "text/xml", statusCode: 202);

    [Function("Action")]
    public IActionResult Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "action")] HttpRequest request) => new NotFoundObjectResult(new { MessageSid = "SM1" });

    [Function("Written")]
    public Task Written([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "written")] HttpRequest request)
    {
        request.HttpContext.Response.StatusCode = StatusCodes.Status201Created;
        return request.HttpContext.Response.WriteAsync("written");
    }

    [Function("Form")]
    public async Task<IResult> Form([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "form")] HttpRequest request, CancellationToken cancellation)
    {
        var form = await request.ReadFormAsync(cancellation);
        request.HttpContext.Response.Cookies.Append("body", form["Body"].ToString());
        return Results.Redirect("/board");
    }

    [Function("Headers")]
    public IResult Headers([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "headers")] HttpRequest request) => Results.Text(string.Join(
        ' ', request.Headers["X-Forwarded-For"], request.Headers["X-Forwarded-Proto"], request.Headers["X-Forwarded-Host"], request.Headers["Client-IP"]));

    [Function("Trace")]
    public IResult Trace([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trace")] HttpRequest request, FunctionContext context) =>
        Results.Text(context.TraceContext.TraceParent);

    [Function("Throws")]
    public IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throws")] HttpRequest request) => throw new InvalidOperationException("The probe was told to fail.");

    [Function("Body")]
    public async Task<IResult> Body([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request)
    {
        await request.Body.CopyToAsync(Stream.Null);
        return Results.Ok();
    }

    [Function("Wait")]
    public async Task<IResult> Wait([HttpTrigger(AuthorizationLevel.Anonymous, Route = "wait")] HttpRequest request, CancellationToken cancellation)
    {
        await calls.RunAsync("wait", () => Task.Delay(Timeout.Infinite, cancellation));
        return Results.Ok();
    }

    [Function("ProcessId")]
    public IResult ProcessId([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "process-id")] HttpRequest request) => Results.Text($"{Environment.ProcessId}");

    [Function("Die")]
    public IResult Die([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "die")] HttpRequest request)
    {
        Process.GetCurrentProcess().Kill();
        return Results.Ok();
    }
}
