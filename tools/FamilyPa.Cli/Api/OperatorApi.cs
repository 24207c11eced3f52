using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Api;

/// <summary>Client of the operators' API. Every failure becomes a <see cref="CliException"/> with an exit code.</summary>
internal sealed class OperatorApi : IDisposable
{
    private readonly HttpClient http;
    private readonly TokenCredential? credential;
    private readonly TokenRequestContext scope;
    private AccessToken token;

    /// <param name="key">Null: use a token for the audience.</param>
    private OperatorApi(Uri url, string? key, string? audience)
    {
        // A redirect would send the key to another host.
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(url, key is null ? "api/operator/" : "api/admin/"),
        };
        if (key is null)
            (credential, scope) = (new DefaultAzureCredential(), new TokenRequestContext([$"{audience}/.default"]));
        else if (!http.DefaultRequestHeaders.TryAddWithoutValidation("x-functions-key", key))
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
            throw CliException.Usage("--url must be https, because the request contains the function key or a token");
        var audience = GlobalOptions.Or(parsed.GetValue(GlobalOptions.Audience), "FAMILYPA_AUDIENCE");
        var key = GlobalOptions.Or(null, "FAMILYPA_KEY") ?? (audience is null && local?.IsAt(url) == true ? local.FunctionKey : null);
        return key is null && audience is null
            ? throw CliException.Usage("no function key and no audience: set FAMILYPA_KEY or FAMILYPA_AUDIENCE, or give --audience")
            : new OperatorApi(url, key, audience);
    }

    public Task<JsonElement> TimelineAsync(string messageSid, bool reveal, CancellationToken cancellation) =>
        GetAsync<JsonElement>($"events/{Uri.EscapeDataString(messageSid)}", reveal ? new() { ["reveal"] = "true" } : [], cancellation);

    public Task<EventsAnswer> EventsAsync(Dictionary<string, string> query, CancellationToken cancellation) =>
        GetAsync<EventsAnswer>("events", query, cancellation);

    public Task<DeadLettersAnswer> DeadLettersAsync(Dictionary<string, string> query, CancellationToken cancellation) =>
        GetAsync<DeadLettersAnswer>("dead-letters", query, cancellation);

    public Task<ReplayAnswer> ReplayAsync(object request, CancellationToken cancellation) =>
        SendAsync<ReplayAnswer>(HttpMethod.Post, "replay-webhook", request, cancellation);

    /// <param name="after">The <c>next</c> of the previous page.</param>
    public Task<JsonElement> FamiliesAsync(string? after, CancellationToken cancellation) =>
        GetAsync<JsonElement>("families", after is null ? [] : new() { ["after"] = after }, cancellation);

    public Task<JsonElement> FamilyAsync(Guid id, CancellationToken cancellation) => GetAsync<JsonElement>($"families/{id}", [], cancellation);

    public Task<JsonElement> CreateFamilyAsync(object family, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Post, "families", family, cancellation);

    public Task<JsonElement> ChangeMemberAsync(Guid family, Guid user, object change, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Patch, $"families/{family}/members/{user}", change, cancellation);

    /// <summary>The exported file.</summary>
    public Task<byte[]> ExportAsync(Guid family, string format, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"families/{family}/export?format={format}", null, cancellation);

    public async Task<JsonElement> ImportAsync(Guid family, byte[] file, string mediaType, bool isDryRun, CancellationToken cancellation)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new(mediaType);
        return Parse<JsonElement>(await SendAsync(HttpMethod.Post, $"families/{family}/import?dry_run={(isDryRun ? "true" : "false")}", content, cancellation));
    }

    public Task<JsonElement> DeleteFamilyAsync(Guid id, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Delete, $"families/{id}?confirm={id}", null, cancellation);

    public Task<JsonElement> LimitsAsync(CancellationToken cancellation) => GetAsync<JsonElement>("limits", [], cancellation);

    public Task<JsonElement> ChangeLimitsAsync(object change, CancellationToken cancellation) =>
        SendAsync<JsonElement>(HttpMethod.Post, "limits", change, cancellation);

    public Task<JsonElement> BudgetAsync(Guid family, CancellationToken cancellation) =>
        GetAsync<JsonElement>($"families/{family}/budget", [], cancellation);

    /// <param name="dailyUsd">Null restores the default.</param>
    public Task<JsonElement> SetBudgetAsync(Guid family, decimal? dailyUsd, CancellationToken cancellation) => dailyUsd is null
        ? SendAsync<JsonElement>(HttpMethod.Delete, $"families/{family}/budget", null, cancellation)
        : SendAsync<JsonElement>(HttpMethod.Post, $"families/{family}/budget", new { daily_usd = dailyUsd }, cancellation);

    public void Dispose() => http.Dispose();

    private Task<T> GetAsync<T>(string path, Dictionary<string, string> query, CancellationToken cancellation) => SendAsync<T>(
        HttpMethod.Get,
        string.Join('&', query.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")) is { Length: > 0 } text ? $"{path}?{text}" : path,
        null, cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation) => Parse<T>(await SendAsync(
        method, path, body is null ? null : JsonContent.Create(body, body.GetType(), null, Screen.JsonOptions), cancellation));

    private T Parse<T>(byte[] json) => Read<T>(json.Length == 0 ? "{}" : Encoding.UTF8.GetString(json))
        ?? throw new CliException(ExitCode.Failed, $"{http.BaseAddress} does not respond as Family PA does. Check the address");

    private async Task<byte[]> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            if (credential is not null && token.ExpiresOn < DateTimeOffset.UtcNow.AddMinutes(5))
                token = await credential.GetTokenAsync(scope, cancellation);
            if (credential is not null)
                request.Headers.Authorization = new("Bearer", token.Token);
            using var response = await http.SendAsync(request, cancellation);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw Failure(response.StatusCode, Encoding.UTF8.GetString(answer));
            return answer;
        }
        catch (AuthenticationFailedException e)
        {
            throw new CliException(ExitCode.Refused, $"no token for {scope.Scopes[0]}. Sign in with az login: {e.Message.Split('\n')[0]}");
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
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "the function key or token is wrong",
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
