using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

/// <summary>The family's lists. A list's name is the category of its tasks.</summary>
public sealed class ListFunctions(MemberAuthentication authentication, FamilyLists lists)
{
    [Function("ListRead")]
    public Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/lists")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => Json.Answer(new ListsAnswer(await lists.ReadAsync(member, cancellation))));

    /// <summary>Takes a list's completed tasks off it.</summary>
    [Function("ListClear")]
    public Task<IResult> Clear(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/lists/{name}/done")] HttpRequest request,
        string name,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member => await lists.ClearAsync(member, ListNames.Of(name) ?? "", cancellation) is { } cleared
            ? Json.Answer(new ClearAnswer(cleared))
            : Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_list", "There is no such list."));

    private sealed record ListsAnswer(IReadOnlyList<FamilyList> Lists);

    private sealed record ClearAnswer(long Cleared);
}
