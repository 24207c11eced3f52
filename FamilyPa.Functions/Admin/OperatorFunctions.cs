using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.Admin;

/// <summary>The operations of <c>/api/admin</c> for operators' tokens. <see cref="OperatorMiddleware"/> checks the token and its role.</summary>
public sealed class OperatorFunctions(
    AdminMemberFunctions members, DeadLetterFunctions deadLetters, EventFunctions events, FamilyFunctions families, LimitFunctions limits,
    OverviewFunctions overview, ReplayFunctions replay, AdminTransferFunctions transfers)
{
    [Function("OperatorApi")]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "patch", "delete", Route = "api/operator/{*path}")] HttpRequest request,
        string? path,
        CancellationToken cancellation) => (request.Method, (path ?? "").Split('/')) switch
        {
            ("GET", ["overview"]) => overview.Read(request, cancellation),
            ("GET", ["events"]) => events.Search(request, cancellation),
            ("GET", ["events", var sid]) => events.Read(request, sid, cancellation),
            ("GET", ["dead-letters"]) => deadLetters.List(request, cancellation),
            ("POST", ["replay-webhook"]) => replay.Run(request, cancellation),
            ("GET", ["limits"]) => limits.Read(request, cancellation),
            ("POST", ["limits"]) => limits.Change(request, cancellation),
            ("GET", ["families"]) => families.List(request, cancellation),
            ("POST", ["families"]) => families.Create(request, cancellation),
            ("GET", ["families", var family]) => families.Find(request, family, cancellation),
            ("DELETE", ["families", var family]) => families.Delete(request, family, cancellation),
            ("GET", ["families", var family, "export"]) => transfers.Export(request, family, cancellation),
            ("POST", ["families", var family, "import"]) => transfers.Import(request, family, cancellation),
            ("GET", ["families", var family, "budget"]) => limits.ReadBudget(request, family, cancellation),
            ("POST", ["families", var family, "budget"]) => limits.SetBudget(request, family, cancellation),
            ("DELETE", ["families", var family, "budget"]) => limits.UnsetBudget(request, family, cancellation),
            ("POST", ["families", var family, "members"]) => members.Add(request, family, cancellation),
            ("PATCH", ["families", var family, "members", var user]) => members.Change(request, family, user, cancellation),
            ("DELETE", ["families", var family, "members", var user]) => members.Remove(request, family, user, cancellation),
            ("DELETE", ["families", var family, "members", var user, "sessions"]) => members.Revoke(request, family, user, cancellation),
            _ => Task.FromResult(Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "not_found")),
        };
}

public static class OperatorServices
{
    /// <summary>Registers the functions that <see cref="OperatorFunctions"/> calls.</summary>
    public static IServiceCollection AddOperatorApi(this IServiceCollection services) => services
        .AddSingleton<AdminMemberFunctions>()
        .AddSingleton<AdminTransferFunctions>()
        .AddSingleton<DeadLetterFunctions>()
        .AddSingleton<EventFunctions>()
        .AddSingleton<FamilyFunctions>()
        .AddSingleton<LimitFunctions>()
        .AddSingleton<OverviewFunctions>()
        .AddSingleton<ReplayFunctions>();
}
