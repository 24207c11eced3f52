using FamilyPa.Local;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Storage;

public sealed class When_the_schema_changes(TestEnvironment environment)
{
    private const string Folder = "FamilyPa.Tests/Storage";

    [Fact]
    public async Task The_approved_snapshot_changes_with_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await environment.CreateDatabaseAsync();
        var received = await database.ScalarAsync<string>(await File.ReadAllTextAsync(PathOf("schema.sql"), cancellation));
        var approved = await File.ReadAllTextAsync(PathOf("schema.approved.txt"), cancellation);
        if (received == approved)
            return;

        await File.WriteAllTextAsync(PathOf("schema.received.txt"), received, cancellation);
        var (before, after) = (Facts(approved), Facts(received));
        Assert.Fail(
            $"""
            The migrations produce another schema than {Folder}/schema.approved.txt. Differences:
            {string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)))}
            To approve the change: mv {Folder}/schema.received.txt {Folder}/schema.approved.txt
            """);
    }

    /// <summary>Each line, prefixed by the first line of its block, which names the table or function.</summary>
    private static IReadOnlyList<string> Facts(string schema) =>
        [.. schema.Split("\n\n").Select(block => block.Split('\n')).SelectMany(lines => lines.Skip(1).Select(line => lines[0] + line).Prepend(lines[0]))];

    private static string PathOf(string file) => Path.Combine(Repository.Root, Folder, file);
}
