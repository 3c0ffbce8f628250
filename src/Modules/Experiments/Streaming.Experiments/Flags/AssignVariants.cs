using FluentValidation;
using MediatR;
using Streaming.Kernel;

namespace Streaming.Experiments.Flags;

/// <summary>Answers which variant of each running flag a unit gets.</summary>
internal static class AssignVariants
{
    internal sealed class Rules : AbstractValidator<GetAssignments>
    {
        public Rules()
        {
            RuleFor(q => q.UnitId).NotEmpty().MaximumLength(1000);
            RuleFor(q => q.Flags).NotNull().Must(f => f is null || f.Count <= 1000).WithMessage("At most 1000 flags at a time.");
        }
    }

    internal sealed class Handler(FlagSet flags) : IRequestHandler<GetAssignments, Result<AssignmentList>>
    {
        public Task<Result<AssignmentList>> Handle(GetAssignments request, CancellationToken cancellationToken)
        {
            var unit = UnitHash.Of(request.UnitId);
            var asked = request.Flags.Count == 0 ? flags.All : request.Flags.Distinct().Select(flags.Find).OfType<Flag>();
            return Task.FromResult<Result<AssignmentList>>(new AssignmentList([.. asked.Where(f => f.Enabled).Select(f => Assign(f, unit))]));
        }

        private static Assignment Assign(Flag flag, ulong unit)
        {
            var (variant, bucket) = flag.Assign(unit);
            return new Assignment(flag.Key, variant.Key, bucket);
        }
    }
}
