using System.Text.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_somebody_reaches_for_another_family(FastApp app) : AppTest<FastApp>(app)
{
    private static readonly string[] Injections =
    [
        "'", "' or '1'='1", "'; drop table tasks; --", "\"", "\\", "$1", "%27%20or%201=1", "') or true --", "1; select pg_sleep(5)", "{\"$ne\":null}", "../../family",
        "' union select phone_e164 from family_members --", "*/ or 1=1 /*", "\u2019 or 1=1", "set role service_role",
    ];

    [Fact]
    public async Task No_route_shows_or_changes_anything_of_it()
    {
        var (ours, theirs) = (await App.AddFamilyAsync("owner", "member"), await App.AddFamilyAsync("owner", "member"));
        var (us, them) = (await App.SignInAsync(ours.Of("owner")), await App.SignInAsync(theirs.Of("owner")));
        var task = Guid.Parse((await them.PostAsync("/api/tasks", new { title = "THEIRS" })).Json.Text("id")!);
        await App.Database.ExecuteAsync(
            "insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, seconds, deployment) values ($1, 'SM1', 0, 'THEIRS', 1, 'x')", theirs.Id);
        var before = await SnapshotAsync(theirs.Id);

        foreach (var route in Route.Members)
        {
            foreach (var id in new[] { task, theirs.Of("member").UserId, theirs.Of("owner").UserId, theirs.Id })
            {
                if (route.Path == "/api/session")
                    continue;
                var answer = await us.SendAsync(route.Method, route.With(id), route.Body);
                Assert.True(!route.Path.Contains('{', StringComparison.Ordinal) || answer.Status == 404, $"{route} {answer.Status}");
                Assert.DoesNotContain("THEIRS", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain(theirs.Of("owner").UserId.ToString(), answer.Body, StringComparison.Ordinal);
            }
        }

        Assert.Equal((400, "assignee"), await us.PostAsync("/api/tasks", new { title = "x", assignee = theirs.Of("member").UserId }) is var made ? (made.Status, made.WrongFields().Single()) : default);
        Assert.Equal(before, await SnapshotAsync(theirs.Id));
    }

    [Fact]
    public async Task No_parameter_is_taken_for_SQL()
    {
        var (ours, theirs) = (await App.AddFamilyAsync("owner"), await App.AddFamilyAsync("owner"));
        var (us, them) = (await App.SignInAsync(ours.Of("owner")), await App.SignInAsync(theirs.Of("owner")));
        await them.PostAsync("/api/tasks", new { title = "THEIRS" });
        var before = await SnapshotAsync(theirs.Id);
        var tried = 0;

        foreach (var route in Route.Api.Where(route => !route.NeedsKey && route.ToString() is not "DELETE /api/session"))
        {
            foreach (var injection in Injections)
            {
                foreach (var (path, body, headers) in Requests(route, injection))
                {
                    var answer = await us.SendAsync(route.Method, path, body, headers);
                    Assert.True(answer.Status < 500, $"{route} {path} {JsonSerializer.Serialize(body)}: {answer.Status}");
                    Assert.DoesNotContain("THEIRS", answer.Body, StringComparison.Ordinal);
                    Assert.DoesNotContain("syntax", answer.Body, StringComparison.OrdinalIgnoreCase);
                    tried++;
                }
            }
        }

        Assert.True(tried > 500, $"{tried} tries");
        Assert.Equal(before, await SnapshotAsync(theirs.Id));
        Assert.Equal(200, (await us.GetAsync("/api/tasks")).Status);
    }

    /// <summary>The injection in each parameter of a route by itself: path, query, header, and each field of the body.</summary>
    private static IEnumerable<(string Path, object? Body, (string, string)[] Headers)> Requests(Route route, string injection)
    {
        var operation = ApiDocument.Operation(route);
        var escaped = Uri.EscapeDataString(injection);
        var id = Guid.NewGuid();
        var body = operation.TryGetProperty("requestBody", out var request) ? Fields(request) : [];
        if (route.Path.Contains('{', StringComparison.Ordinal))
            yield return ($"{route.Path[..route.Path.IndexOf('{', StringComparison.Ordinal)]}{escaped}", body.Count > 0 ? new { } : null, []);
        foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(ApiDocument.Resolve) : [])
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (parameter.GetProperty("in").GetString() == "query")
                yield return ($"{route.With(id)}?{name}={escaped}", null, []);
            else if (parameter.GetProperty("in").GetString() == "header" && injection.All(char.IsAscii))
                yield return (route.With(id), body.Count > 0 ? new { title = "x" } : null, [(name, injection)]);
        }

        foreach (var field in body)
            yield return (route.With(id), body.ToDictionary(name => name, name => name == field ? injection : "x"), []);
    }

    private static IReadOnlyList<string> Fields(JsonElement request)
    {
        var schema = ApiDocument.Resolve(request.GetProperty("content").GetProperty("application/json").GetProperty("schema"));
        var shapes = schema.TryGetProperty("oneOf", out var several) ? several.EnumerateArray().ToList() : [schema];
        return [.. shapes.SelectMany(shape => shape.GetProperty("properties").EnumerateObject()).Select(property => property.Name)];
    }

    private Task<string> SnapshotAsync(Guid familyId) => App.Database.ScalarAsync<string>(
        """
        select (select string_agg(f::text, '|') from families f where f.id = $1) || (select string_agg(m::text, '|' order by user_id) from family_members m where m.family_id = $1)
          || (select string_agg(t::text, '|' order by id) from tasks t where t.family_id = $1) || (select count(*) from pg_class where relnamespace = 'public'::regnamespace)
        """,
        familyId);
}
