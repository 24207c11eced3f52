using FamilyPa.Core.Membership;
using FamilyPa.Core.Tasks;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using NodaTime;

namespace FamilyPa.Functions.Family;

/// <summary>Creates, reads, changes and deletes single tasks of the family.</summary>
public sealed class TaskFunctions(MemberAuthentication authentication, FamilyTasks tasks, MemberFamily family)
{
    private readonly TaskBody body = new(family, SystemClock.Instance);

    /// <summary>Creates a task. Repeating the request with the same <c>Idempotency-Key</c> creates no second task.</summary>
    [Function("TaskAdd")]
    public Task<IResult> Add(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tasks")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var http = request.HttpContext;
            var task = await body.ReadAsync(fields, member, whole: true, cancellation);
            var wrong = fields.Wrong ?? new Dictionary<string, string[]>();
            var key = IdempotencyKeys.Of(request, fields, wrong);
            if (wrong.Count > 0)
                return Wrong(http, wrong);
            try
            {
                var created = await tasks.CreateAsync(member, task, key, cancellation);
                http.Response.Headers.Location = $"/api/tasks/{created.Id}";
                return Answer(http, created, StatusCodes.Status201Created);
            }
            catch (UnknownAssigneeException)
            {
                return WrongAssignee(http, fields);
            }
        }, cancellation);

    [Function("TaskRead")]
    public Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks/{taskId}")] HttpRequest request,
        string taskId,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => await tasks.FindAsync(member, RouteId.Of(taskId), cancellation) is { } task
            ? Answer(request.HttpContext, task, StatusCodes.Status200OK)
            : Unknown(request.HttpContext));

    /// <summary>Changes the given fields. With <c>If-Match</c> only if the version still matches.</summary>
    [Function("TaskChange")]
    public Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/tasks/{taskId}")] HttpRequest request,
        string taskId,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async (member, fields) =>
        {
            var http = request.HttpContext;
            var changes = await body.ReadAsync(fields, member, whole: false, cancellation);
            if (fields.Wrong is { } wrong)
                return Wrong(http, wrong);
            try
            {
                return await tasks.ChangeAsync(member, RouteId.Of(taskId), EntityTags.Expected(request), changes, cancellation) switch
                {
                    TaskOutcome.Changed changed => Answer(http, changed.Task, StatusCodes.Status200OK),
                    TaskOutcome.Conflict conflict => EntityTags.Conflict(http, conflict.Version),
                    _ => Unknown(http),
                };
            }
            catch (UnknownAssigneeException)
            {
                return WrongAssignee(http, fields);
            }
        }, cancellation);

    [Function("TaskDelete")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tasks/{taskId}")] HttpRequest request,
        string taskId,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            var http = request.HttpContext;
            return await tasks.DeleteAsync(member, RouteId.Of(taskId), EntityTags.Expected(request), cancellation) switch
            {
                "deleted" => Results.NoContent(),
                "not_allowed" => Problem.Of(http, StatusCodes.Status403Forbidden, "not_allowed", "Only the task's creator, an admin or an owner may delete it."),
                "version_conflict" => EntityTags.Conflict(http, null),
                _ => Unknown(http),
            };
        });

    private static IResult Answer(HttpContext http, StoredTask task, int status)
    {
        http.Response.Headers.ETag = EntityTags.OfVersion(task.Version);
        return Results.Text(task.Json, "application/json", statusCode: status);
    }

    private static IResult Wrong(HttpContext http, IDictionary<string, string[]> wrong) =>
        Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The task is invalid.", wrong);

    private static IResult WrongAssignee(HttpContext http, JsonFields fields) =>
        Wrong(http, new Dictionary<string, string[]> { [fields.Has("assignees") ? "assignees" : "assignee"] = ["a member of the family"] });

    private static IResult Unknown(HttpContext http) =>
        Problem.Of(http, StatusCodes.Status404NotFound, "unknown_task", "There is no such task.");
}
