using System.Net.Http.Json;
using System.Text;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>Calls the members' API with a bearer token, or without one.</summary>
public sealed class MemberClient(FamilyPaApp app, string? token)
{
    public string? Token => token;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<Answer> PostAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync("POST", path, body, headers);

    public Task<Answer> PatchAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync("PATCH", path, body, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync("DELETE", path, null, headers);

    /// <param name="body">Strings are sent unchanged.</param>
    public async Task<Answer> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = body is string text ? new StringContent(text, Encoding.UTF8, "application/json") : JsonContent.Create(body, body.GetType());
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
