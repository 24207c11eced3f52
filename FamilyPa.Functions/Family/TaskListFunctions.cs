using System.Text.Json;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

/// <summary>Lists the family's tasks page by page.</summary>
public sealed class TaskListFunctions(MemberAuthentication authentication, TaskList list)
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 200;

    private static readonly string[] Orders = [.. Enum.GetNames<TaskOrder>().Select(name => name.ToLowerInvariant())];

    /// <summary>The <c>ETag</c> lets a polling page get 304 while nothing has changed.</summary>
    [Function("TaskList")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            var http = request.HttpContext;
            var fields = Fields.Of(request.Query);
            var filter = Read(fields, member);
            if (fields.Wrong() is { } wrong)
                return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong);

            var page = await list.ReadAsync(member, filter, cancellation);
            var json = $$"""{"tasks":[{{string.Join(',', page.Rows)}}],"next_cursor":{{JsonSerializer.Serialize(page.Next?.ToString())}}}""";
            var tag = EntityTags.OfContent(json);
            http.Response.Headers.ETag = tag;
            return EntityTags.IsKnown(request, tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Text(json, "application/json");
        });

    private static TaskFilter Read(Fields fields, Identity member)
    {
        var assignee = fields.Read("assignee", "a UUID, me or none", text => text is "me" or "none" || Guid.TryParse(text, out _) ? text : null);
        var order = fields.Choice("sort", Orders);
        var cursor = fields.Cursor("cursor");
        if (cursor is not null && !Guid.TryParse(cursor.Key, out _))
            fields.Refuse("cursor", "the next_cursor of a response");
        return new TaskFilter(
            fields.Choices("status", TaskStatuses.All),
            assignee switch { null or "none" => null, "me" => member.UserId, var id => Guid.TryParse(id, out var user) ? user : null },
            assignee == "none",
            fields.Text("category"),
            fields.YesNo("needs_review"),
            fields.Choice("due", ["none"]) is not null,
            fields.Time("due_before"),
            fields.Time("due_after"),
            fields.Time("updated_since"),
            fields.Text("q"),
            order is null ? TaskOrder.Due : Enum.Parse<TaskOrder>(order, ignoreCase: true),
            cursor,
            fields.Number("limit", 1, LargestLimit) ?? DefaultLimit);
    }
}
