import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from crm.tenancy import Unscoped, current_workspace, scope
from tests.tenancy.models import Reader, Shelf


def test_without_a_scope_there_is_no_workspace():
    with pytest.raises(Unscoped):
        current_workspace()


@pytest.mark.parametrize(
    "nothing", [None, [], [1], (1, 2), {1}, "1", "", b"1", True, False, 0, -1, 1.0, object()]
)
def test_a_scope_is_one_workspace_and_nothing_else(nothing):
    with pytest.raises(TypeError):
        scope(nothing)


def test_a_scope_is_not_opened_for_another_model_nor_for_an_unsaved_workspace():
    for wrong in (Reader(pk=1), Shelf(pk=1), Shelf._meta.get_field("workspace").related_model(name="new")):
        with pytest.raises(TypeError):
            scope(wrong)


def test_scopes_nest_and_end_with_their_block_even_after_an_error():
    with scope(1):
        with pytest.raises(ZeroDivisionError), scope(2):
            assert current_workspace() == 2
            raise ZeroDivisionError
        assert current_workspace() == 1
    with pytest.raises(Unscoped):
        current_workspace()


def test_one_scope_object_may_be_entered_again_inside_itself():
    again = scope(1)
    with again, scope(2), again:
        assert current_workspace() == 1
    with pytest.raises(Unscoped):
        current_workspace()


def test_a_block_that_a_generator_left_open_is_caught():
    def leaks():
        with scope(2):
            yield

    def fall_into_it():
        generator = leaks()
        with pytest.raises(RuntimeError, match="ended inside the scope of 2"), scope(1):
            next(generator)
        generator.close()

    copy_context().run(fall_into_it)  # which leaves a scope open, and is thrown away with it


def test_a_new_thread_has_no_scope_unless_it_is_given_the_context():
    with scope(1), ThreadPoolExecutor(1) as threads:
        with pytest.raises(Unscoped):
            threads.submit(current_workspace).result()
        assert threads.submit(copy_context().run, current_workspace).result() == 1


def test_coroutines_that_run_at_the_same_time_keep_their_own_scopes():
    async def work(workspace: int) -> list[int]:
        seen = []
        with scope(workspace):
            for _ in range(3):
                await asyncio.sleep(0)
                seen.append(current_workspace())
                seen.append(await sync_to_async(current_workspace)())
        return seen

    async def all_of_them() -> list[list[int]]:
        return list(await asyncio.gather(work(1), work(2), work(3)))

    assert async_to_sync(all_of_them)() == [[1] * 6, [2] * 6, [3] * 6]
