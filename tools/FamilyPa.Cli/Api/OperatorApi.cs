using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Api;

/// <summary>Client of the operators' API. Every failure becomes a <see cref="CliException"/> with an exit code.</summary>
internal sealed class OperatorApi : IDisposable
{
    private readonly HttpClient http;

    private OperatorApi(Uri url, string key)
    {
        // A redirect would send the key to another host.
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = url };
        if (!http.DefaultRequestHeaders.TryAddWithoutValidation("x-functions-key", key))
            throw CliException.Usage("the function key contains invalid characters");
    }

    public static OperatorApi Of(ParseResult parsed)
    {
        var local = LocalRun.Find();
        var address = GlobalOptions.Or(parsed.GetValue(GlobalOptions.Url), "FAMILYPA_URL") ?? local?.BaseUrl
            ?? throw CliException.Usage("which app? Give --url or FAMILYPA_URL, or start the local run");
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw CliException.Usage("--url is not an http(s) URL");
        if (url.Scheme == "http" && !url.IsLoopback)
            throw CliException.Usage("--url must be https, because the request contains the function key");
        var key = GlobalOptions.Or(null, "FAMILYPA_KEY") ?? (local?.IsAt(url) == true ? local.FunctionKey : null)
            ?? throw CliException.Usage("no function key: set FAMILYPA_KEY");
        return new OperatorApi(url, key);
    }

    public Task<JsonElement> TimelineAsync(string messageSid, bool reveal, CancellationToken cancellation) =>
        GetAsync<JsonElement>($"api/admin/events/{Uri.EscapeDataString(messageSid)}", reveal ? new() { ["reveal"] = "true" } : [], cancellation);

    public Task<EventsAnswer> EventsAsync(Dictionary<string, string> query, CancellationToken cancellation) =>
        GetAsync<EventsAnswer>("api/admin/events", query, cancellation);

    public Task<DeadLettersAnswer> DeadLettersAsync(Dictionary<string, string> query, CancellationToken cancellation) =>
        GetAsync<DeadLettersAnswer>("api/admin/dead-letters", query, cancellation);

    public Task<ReplayAnswer> ReplayAsync(object request, CancellationToken cancellation) =>
        SendAsync<ReplayAnswer>(HttpMethod.Post, "api/admin/replay-webhook", request, cancellation);

    /// <param name="after">The <c>next</c> of the previous page.</param>
    public Task<JsonElement> FamiliesAsync(string? after, CancellationToken cancellation) =>
        GetAsync<JsonElement>("api/admin/families", after is null ? [] : new() { ["after"] = after }, cancellation);

    public Task<JsonElement> FamilyAsync(Guid id, CancellationToken cancellation) => GetAsync<JsonElement>($"api/admin/families/{id}", [], cancellation);

    public Task<JsonElement> CreateFamilyAsync(object family, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Post, "api/admin/families", family, cancellation);

    public Task<JsonElement> DeleteFamilyAsync(Guid id, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Delete, $"api/admin/families/{id}?confirm={id}", null, cancellation);

    public Task<JsonElement> LimitsAsync(CancellationToken cancellation) => GetAsync<JsonElement>("api/admin/limits", [], cancellation);

    public Task<JsonElement> ChangeLimitsAsync(object change, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Post, "api/admin/limits", change, cancellation);

    public Task<JsonElement> BudgetAsync(Guid family, CancellationToken cancellation) =>
        GetAsync<JsonElement>($"api/admin/families/{family}/budget", [], cancellation);

    /// <param name="dailyUsd">Null restores the default.</param>
    public Task<JsonElement> SetBudgetAsync(Guid family, decimal? dailyUsd, CancellationToken cancellation) => dailyUsd is null
        ? SendAsync<JsonElement>(HttpMethod.Delete, $"api/admin/families/{family}/budget", null, cancellation)
        : SendAsync<JsonElement>(HttpMethod.Post, $"api/admin/families/{family}/budget", new { daily_usd = dailyUsd }, cancellation);

    public void Dispose() => http.Dispose();

    private Task<T> GetAsync<T>(string path, Dictionary<string, string> query, CancellationToken cancellation) => SendAsync<T>(
        HttpMethod.Get,
        string.Join('&', query.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")) is { Length: > 0 } text ? $"{path}?{text}" : path,
        null, cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), null, Screen.JsonOptions) };
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw Failure(response.StatusCode, text);
            return Read<T>(text.Length == 0 ? "{}" : text)
                ?? throw new CliException(ExitCode.Failed, $"{http.BaseAddress} does not respond as Family PA does. Check the address");
        }
        catch (HttpRequestException e)
        {
            throw new CliException(ExitCode.Unreachable, $"{http.BaseAddress} cannot be reached: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Unreachable, $"{http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0} s");
        }
    }

    private static CliException Failure(HttpStatusCode status, string text)
    {
        var problem = Read<ProblemAnswer>(text);
        var what = problem?.Detail ?? problem?.Title ?? status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "the function key is wrong",
            HttpStatusCode.NotFound => "not found. Check the address and the app's version",
            _ => "the app rejected the request",
        };
        var errors = problem?.Errors is { Count: > 0 } wrong ? " " + string.Join("; ", wrong.Select(error => $"{error.Key}: {string.Join(", ", error.Value)}")) : "";
        var reference = string.Join(", ", new[] { problem?.Code ?? $"{(int)status}", problem?.RequestId is { } id ? $"request {id}" : null }.OfType<string>());
        return new CliException(ExitCodeOf(status), $"{what}{errors} ({reference})");
    }

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => ExitCode.Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Refused,
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };

    private static T? Read<T>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Screen.JsonOptions);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
