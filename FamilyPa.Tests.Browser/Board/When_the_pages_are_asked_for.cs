using System.Text.RegularExpressions;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Browser.Board;

[Collection(BoardCollection.Name)]
public sealed partial class When_the_pages_are_asked_for(BoardApp app)
{
    [Theory]
    [InlineData("/board")]
    [InlineData("/board/")]
    [InlineData("/board/upcoming")]
    [InlineData("/board/sign-in")]
    public async Task Every_view_is_the_same_document_under_a_strict_policy(string path)
    {
        var answer = await GetAsync(path);

        Assert.Equal((200, "text/html"), (answer.Status, answer.ContentType));
        var policy = answer.Headers["Content-Security-Policy"];
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "no-cache", "no-referrer"), (answer.Headers["X-Content-Type-Options"], answer.Headers["Cache-Control"], answer.Headers["Referrer-Policy"]));
        Assert.DoesNotMatch(@"<script(?! type=""module"" src=)|style=|\son\w+=|https?://(?!www\.w3\.org)", answer.Body);
    }

    [Fact]
    public async Task What_the_document_names_is_there_and_never_changes()
    {
        var document = await GetAsync("/board");
        var names = Links().Matches(document.Body).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains(names, name => name.EndsWith("/board/board.js", StringComparison.Ordinal));

        foreach (var name in names)
        {
            var file = await GetAsync(name);
            Assert.Equal(200, file.Status);
            Assert.Contains(Versioned().IsMatch(name) ? "immutable" : "no-cache", file.Headers["Cache-Control"], StringComparison.Ordinal);
            foreach (var imported in Imports().Matches(file.Body).Select(match => new Uri(new Uri(app.BaseUrl + name), match.Groups[1].Value).AbsolutePath))
                Assert.Equal((imported, 200, "text/javascript"), (imported, (await GetAsync(imported)).Status, (await GetAsync(imported)).ContentType));
        }
    }

    [Fact]
    public async Task The_service_worker_knows_every_file_of_the_page()
    {
        var document = await GetAsync("/board");
        var worker = await GetAsync("/board/sw.js");

        Assert.Equal(("/board", "no-cache"), (worker.Headers["Service-Worker-Allowed"], worker.Headers["Cache-Control"]));
        foreach (var name in Links().Matches(document.Body).Select(match => match.Groups[1].Value).Where(name => Versioned().IsMatch(name)))
            Assert.Contains($"\"{name}\"", worker.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("{files}", worker.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_has_already_is_not_sent_again()
    {
        var tag = (await GetAsync("/board")).Headers["ETag"];
        using var request = new HttpRequestMessage(HttpMethod.Get, "/board");
        request.Headers.Add("If-None-Match", tag);
        using var again = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var head = await app.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/board"), TestContext.Current.CancellationToken);

        Assert.Equal((304, 200), ((int)again.StatusCode, (int)head.StatusCode));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/board/nothing.js")]
    [InlineData("/board/index.html")]
    [InlineData("/board/..%2fappsettings.json")]
    [InlineData("/board/0123456789abcdef/board/board.js")]
    [InlineData("/board/a/b/c/d")]
    public async Task Anything_else_is_not_there(string path)
    {
        var answer = await GetAsync(path);

        Assert.Equal(404, answer.Status);
        Assert.Contains("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    private async Task<Answer> GetAsync(string path)
    {
        using var response = await app.Http.GetAsync(path, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    [GeneratedRegex(@"(?:href|src)=""(/board/[^""]*\.\w+)""")]
    private static partial Regex Links();

    [GeneratedRegex(@"from '(\.[^']+)'")]
    private static partial Regex Imports();

    [GeneratedRegex("^/board/[0-9a-f]{16}/")]
    private static partial Regex Versioned();
}
